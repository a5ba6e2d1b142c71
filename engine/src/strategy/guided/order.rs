//! Another execution of the same class, with fewer switches.

use std::collections::BTreeMap;

use super::{CLOCK, Moment, Point};
use crate::execution::Recording;
use crate::op::{Access, OpKind, TaskId};

/// One step, and what has to come before it.
#[derive(Clone, Debug)]
struct Step {
    /// Where it was in the recording.
    position: usize,
    kind: OpKind,
    /// Tasks, each with the number of steps it must have done.
    after: Vec<(u64, u32)>,
}

/// The order among dependent steps of an execution: those of one task, and those on one object that are
/// not both reads.
///
/// A topological sort of that order, made greedily by going on with a task for as long as the order
/// allows, has the execution's fingerprint and needs few switches. It is made while running: who can
/// run is then known exactly, whatever woke it.
#[derive(Clone, Debug, Default)]
pub struct Order {
    steps: BTreeMap<u64, Vec<Step>>,
    draws: BTreeMap<Moment, u32>,
}

/// The accesses of an object so far.
#[derive(Default)]
struct Accesses {
    changed: Option<(u64, u32)>,
    read: Vec<(u64, u32)>,
}

impl Accesses {
    /// Adds a step, and to `after` the steps that it depends on.
    fn touch(&mut self, me: (u64, u32), access: Access, after: &mut Vec<(u64, u32)>) {
        after.extend(self.changed);
        if access == Access::Read {
            self.read.push(me);
        } else {
            after.append(&mut self.read);
            self.changed = Some(me);
        }
    }
}

/// The wake-ups of a task.
#[derive(Default)]
struct Woken {
    /// When it was polled again last.
    resumed: Option<(u64, u32)>,
    /// What has woken it since.
    by: Vec<(u64, u32)>,
}

impl Order {
    /// Takes the order from a recording.
    pub fn of(recording: &Recording) -> Order {
        let mut order = Order::default();
        let mut objects: BTreeMap<u64, Accesses> = BTreeMap::new();
        let mut wakes = recording.wakes.iter().peekable();
        let mut woken: BTreeMap<u64, Woken> = BTreeMap::new();
        let mut last_tick: Option<(u64, u32)> = None;
        let recording = &recording.steps;
        for (position, step) in recording.iter().enumerate() {
            let done = order.steps.entry(step.task_key).or_default().len() as u32;
            let me = (step.task_key, done + 1);
            if step.kind == OpKind::Choose {
                order.draws.insert(Moment { task: me.0, steps: done, ask: 0 }, step.index);
            }
            let mut after: Vec<(u64, u32)> = last_tick.into_iter().collect();
            let is_last = position + 1 == recording.len();
            if step.kind == OpKind::Tick || is_last {
                // What time it is may matter to all; and what follows the last step cuts them off.
                after.extend(order.steps.iter().map(|(&task, steps)| (task, steps.len() as u32)));
                last_tick = Some(me);
            }
            if step.kind == OpKind::Resume {
                // Whether it was woken once or twice before makes a difference.
                let woken = woken.entry(me.0).or_default();
                after.append(&mut woken.by);
                woken.resumed = Some(me);
            }
            for (object, access) in [(step.object_key, step.access)].iter().chain(&step.waited_for) {
                if *object != 0 && *access != Access::None {
                    objects.entry(*object).or_default().touch(me, *access, &mut after);
                }
            }
            while let Some(&&(_, task)) = wakes.peek().filter(|wake| wake.0 <= position + 1) {
                wakes.next();
                let woken = woken.entry(task).or_default();
                woken.by.push(me);
                after.extend(woken.resumed);
            }
            after.retain(|&(task, _)| task != me.0);
            let step = Step { position, kind: step.kind, after };
            order.steps.entry(me.0).or_default().push(step);
        }
        order
    }

    /// Returns the task that goes on if it may; otherwise the one whose step came first among those that
    /// may go on.
    pub(super) fn pick(&self, point: &Point<'_>) -> TaskId {
        let done: BTreeMap<u64, u32> =
            point.all().map(|task| (point.path(task), point.steps(task))).collect();
        let rank = |&task: &TaskId| {
            let next = self.steps.get(&point.path(task)).and_then(|s| s.get(point.steps(task) as usize));
            let Some(next) = next else {
                // The recording ended before this.
                return (3, usize::MAX);
            };
            let is_same = task == CLOCK || point.op(task).is(next.kind);
            let may = next.after.iter().all(|(task, steps)| done.get(task).is_some_and(|done| done >= steps));
            match (is_same, may) {
                (true, true) if task == point.current => (0, 0),
                (true, true) => (1, next.position),
                _ => (2, next.position),
            }
        };
        point.enabled.iter().min_by_key(rank).unwrap_or(point.current)
    }

    /// Returns the value that was drawn there.
    pub(super) fn drawn(&self, at: Moment) -> u32 {
        self.draws.get(&at).copied().unwrap_or(0)
    }
}

impl Point<'_> {
    /// Returns every task so far, and the clock.
    fn all(&self) -> impl Iterator<Item = TaskId> {
        CLOCK..self.execution.created_tasks()
    }
}
