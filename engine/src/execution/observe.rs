//! What a recording for readers has besides the steps: how objects and tasks changed in between, where
//! every task was at the end, backtraces of panics. Only an execution that is to be explained is observed.

use std::backtrace::Backtrace;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use super::rec::{State, flag};
use super::{CLOCK, Execution, Phase, ROOT, TASK_OBJECT};
use crate::bits::TaskSet;
use crate::op::{ObjectId, Op, OpKind, TaskId};

/// What an execution looked like.
#[derive(Clone, Debug, Default)]
pub struct Observed {
    /// Tasks by number, which begins with 1.
    pub tasks: Vec<ObservedTask>,
    /// Objects by number, which begins with 1.
    pub objects: Vec<ObservedObject>,
    /// How objects changed, in order.
    pub object_states: Vec<ObservedObjectState>,
    /// Which tasks could no longer go on, or could again, in order: after how many steps, which, and
    /// whether it can.
    pub task_states: Vec<(usize, TaskId, Ability)>,
    /// Which tasks were woken, each after how many steps.
    pub wakes: Vec<(usize, TaskId)>,
    /// How actors, machines and monitors changed, in order.
    pub actors: Vec<ObservedActor>,
    /// Where every task was that had not ended.
    pub positions: Vec<ObservedPosition>,
    /// The stacks of tasks that panicked, where they did.
    pub backtraces: Vec<(TaskId, Stack)>,
}

/// A task's stack, written as std writes backtraces.
#[derive(Clone, Debug)]
pub enum Stack {
    /// Symbols are looked up when it is shown.
    Captured(Arc<Backtrace>),
    /// Of another process.
    Told(String),
}

impl fmt::Display for Stack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stack::Captured(backtrace) => backtrace.fmt(f),
            Stack::Told(text) => f.write_str(text),
        }
    }
}

/// A task, by number.
#[derive(Clone, Debug)]
pub struct ObservedTask {
    /// Its creation path, and the name it was given.
    pub name: String,
    /// The task that created it; 0 for the root.
    pub parent: TaskId,
    /// Where it was created.
    pub spawned: &'static Location<'static>,
    /// Whether it stands for a thread.
    pub is_thread: bool,
}

/// An object, by number.
#[derive(Clone, Debug)]
pub struct ObservedObject {
    /// What it is, and its creation path.
    pub name: String,
    /// Where it was created, if known.
    pub created: Option<&'static Location<'static>>,
}

/// What an object looks like from a step on.
#[derive(Clone, Debug)]
pub struct ObservedObjectState {
    /// How many steps had been made.
    pub after: usize,
    /// The object.
    pub object: ObjectId,
    /// Who holds it, and who waits at it.
    pub holding: Holding,
}

/// Who holds an object, and who waits at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// The task that has it to itself.
    pub owner: Option<TaskId>,
    /// The tasks that share it, one entry per guard or permit.
    pub sharers: Vec<TaskId>,
    /// The tasks that wait at it, in order of creation.
    pub waiting: Vec<TaskId>,
}

/// Whether a task can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ability {
    /// It can.
    Ready,
    /// It waits for something, or for a place in its lane.
    Waits,
    /// It has ended.
    Ended,
}

/// How an actor, a machine or a monitor changed.
#[derive(Clone, Debug)]
pub struct ObservedActor {
    /// How many steps had been made.
    pub after: usize,
    /// Its name.
    pub name: String,
    /// What has changed.
    pub change: ActorChange,
}

/// What changes of an actor, a machine or a monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActorChange {
    /// It is there.
    Began {
        /// `actor`, `machine` or `monitor`.
        kind: &'static str,
        /// The name of its type.
        machine: &'static str,
        /// Pairs of state and event for which it declares that it acts.
        rules: Vec<(String, String)>,
    },
    /// It is in this state now.
    State(String),
    /// It is a monitor, and in a hot state now, or not.
    Hot(bool),
    /// An event has come into its inbox.
    Arrived(String),
    /// An event is no longer in its inbox.
    Left(String),
    /// It receives this event in the middle of a handler.
    Receives(String),
    /// It sends this event to an actor, whose name follows.
    Sends(String, String),
    /// It handles this event now, taken from its inbox if it was there.
    Handles(String),
    /// It handles nothing.
    Idles,
}

/// Where a task was at the end.
#[derive(Clone, Debug)]
pub struct ObservedPosition {
    /// The task.
    pub task: TaskId,
    /// Whether it could have gone on.
    pub ability: Ability,
    /// What it would have done next, or waits to do: operation, and who has its object.
    pub on: Vec<(Op, Vec<TaskId>)>,
}

/// What observing needs to know of the step before.
#[derive(Default)]
pub(super) struct Observing {
    /// Objects that may have changed.
    touched: Vec<ObjectId>,
    last: BTreeMap<u32, Holding>,
    enabled: TaskSet,
}

impl Execution {
    /// Notes what has changed since the step before, and that `op` comes next.
    pub(super) fn observe(&self, op: Option<Op>) {
        if self.phase.get() == Phase::Teardown {
            return;
        }
        let after = self.cold(|cold| cold.recorded.steps.len());
        let current = self.current.get();
        let mut touched = self.cold(|cold| std::mem::take(&mut cold.observing.touched));
        // A task that blocks does so without a step: it shows at its gate.
        touched.extend((current != CLOCK).then(|| self.task(current).gate.get().0));
        if current != CLOCK {
            self.task(current).waits.with(|waits| touched.extend(waits.iter().map(|wait| wait.op.object())));
        }
        touched.sort_unstable();
        touched.dedup();
        for object in touched {
            if object == ObjectId::NONE || object.0 & TASK_OBJECT != 0 {
                continue;
            }
            let holding = self.holding(object);
            self.cold(|cold| {
                let last = cold.observing.last.entry(object.0).or_default();
                if *last != holding {
                    last.clone_from(&holding);
                    let state = ObservedObjectState { after, object, holding };
                    cold.recorded.observed.object_states.push(state);
                }
            });
        }
        self.observe_tasks(after);
        if let Some(op) = op {
            self.cold(|cold| cold.observing.touched.push(op.object()));
        }
    }

    fn observe_tasks(&self, after: usize) {
        let last = self.cold(|cold| std::mem::take(&mut cold.observing.enabled));
        let now = self.pool().enabled.with(|enabled| enabled.clone());
        let mut states = Vec::new();
        for task in last.difference(&now).filter(|&task| task != CLOCK) {
            let is_done = self.task(task).state.get() == State::Done;
            states.push((after, task, if is_done { Ability::Ended } else { Ability::Waits }));
        }
        states.extend(
            now.difference(&last).filter(|&task| task != CLOCK).map(|task| (after, task, Ability::Ready)),
        );
        self.cold(|cold| {
            cold.recorded.observed.task_states.append(&mut states);
            cold.observing.enabled = now;
        });
    }

    fn holding(&self, object: ObjectId) -> Holding {
        let rec = self.object_rec(object);
        let owner = Some(rec.owner.get()).filter(|&owner| owner != 0);
        let sharers = rec.sharers.with(|sharers| sharers.clone());
        let mut waiting: Vec<TaskId> = Vec::new();
        for gate in &rec.gates {
            gate.waiting.with(|set| waiting.extend(set.iter()));
        }
        // Futures that wait in a queue of the object's own, such as that of a semaphore.
        for task in ROOT..self.next_task.get() {
            let rec = self.task(task);
            let waits = rec.state.get() == State::Parked || rec.has(flag::ASLEEP);
            if waits && rec.waits.with(|waits| waits.iter().any(|wait| wait.op.object() == object)) {
                waiting.push(task);
            }
        }
        waiting.sort_unstable();
        waiting.dedup();
        Holding { owner, sharers, waiting }
    }

    /// Notes how an actor changes, if the execution is observed.
    pub fn observe_actor(&self, change: impl FnOnce() -> (String, ActorChange)) {
        if self.observing.get() && self.phase.get() == Phase::Running {
            let (name, change) = change();
            self.cold(|cold| {
                let after = cold.recorded.steps.len();
                cold.recorded.observed.actors.push(ObservedActor { after, name, change });
            });
        }
    }

    pub(super) fn observe_wake(&self, task: TaskId) {
        self.cold(|cold| cold.recorded.observed.wakes.push((cold.recorded.steps.len(), task)));
    }

    pub(super) fn observe_panic(&self, task: TaskId) {
        let stack = Stack::Captured(Arc::new(Backtrace::force_capture()));
        self.cold(|cold| cold.recorded.observed.backtraces.push((task, stack)));
    }

    /// Notes where every task is, at the end or before everything is torn down.
    pub(super) fn observe_end(&self) {
        self.observe(None);
        let unfinished = |id: &TaskId| self.task(*id).state.get() != State::Done;
        let position = |id: TaskId| {
            let rec = self.task(id);
            let mut ops: Vec<Op> = rec.waits.with(|waits| waits.iter().map(|wait| wait.op).collect());
            if rec.gate.get().0 != ObjectId::NONE || ops.is_empty() {
                ops = vec![rec.op()];
            }
            // A join is a wait for a task that has it, so to speak.
            let held_by = |op: Op| match op.object() {
                object if object == ObjectId::NONE => Vec::new(),
                object if object.0 & TASK_OBJECT != 0 && op.is(OpKind::Join) => {
                    vec![object.0 & !TASK_OBJECT]
                }
                object if object.0 & TASK_OBJECT != 0 => Vec::new(),
                object => {
                    let rec = self.object_rec(object);
                    let mut holders: Vec<TaskId> = rec.sharers.with(|sharers| sharers.clone());
                    holders.extend(Some(rec.owner.get()).filter(|&owner| owner != 0));
                    holders.sort_unstable();
                    holders.dedup();
                    holders
                }
            };
            let can = self.pool().enabled.with(|enabled| enabled.contains(id)) || id == self.current.get();
            let ability = if can && !self.waits_at_last(id) { Ability::Ready } else { Ability::Waits };
            ObservedPosition { task: id, ability, on: ops.into_iter().map(|op| (op, held_by(op))).collect() }
        };
        let positions: Vec<_> = (ROOT..self.next_task.get()).filter(unfinished).map(position).collect();
        self.cold(|cold| cold.recorded.observed.positions = positions);
    }

    /// Returns whether a task is asleep, or stands before a closed gate.
    fn waits_at_last(&self, id: TaskId) -> bool {
        let rec = self.task(id);
        rec.state.get() == State::Parked
            || rec.has(flag::ASLEEP)
            || (rec.gate.get().0 != ObjectId::NONE && !self.pool().enabled.with(|e| e.contains(id)))
    }

    /// Fills in the tables of tasks and objects.
    pub(super) fn observe_tables(&self) {
        if self.phase.get() == Phase::Running {
            self.observe_end();
        }
        let task = |id| {
            let rec = self.task(id);
            let parent = if id == ROOT { CLOCK } else { rec.parent.get() };
            ObservedTask {
                name: self.task_name(id),
                parent,
                spawned: rec.spawned.get(),
                is_thread: rec.has(flag::THREAD),
            }
        };
        let object = |id| ObservedObject {
            name: self.object_name(ObjectId(id)),
            created: self.object_rec(ObjectId(id)).created.get(),
        };
        let tasks = (ROOT..self.next_task.get()).map(task).collect();
        let objects = (1..self.next_object.get()).map(object).collect();
        self.cold(|cold| {
            cold.recorded.observed.tasks = tasks;
            cold.recorded.observed.objects = objects;
        });
    }
}
