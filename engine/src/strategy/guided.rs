//! Follows a schedule that is only partly said: for shrinking.
//!
//! A [`Sparse`] schedule is a default and the places where it is left. The default runs a task until it
//! waits, yields or ends, then the first in order of creation, tasks that have yielded or were held up
//! last; and draws the first alternative. A place is said by what has happened to the task that ran last, not by its
//! position in the execution, so that what is left of a schedule after one departure was taken out still
//! means what it did. Where a departure cannot be made, the default goes on.
//!
//! Whatever guides it, the strategy logs where the execution left the default, so every execution can
//! be turned into a sparse schedule of itself.

mod order;
mod probe;

pub use order::Order;
pub use probe::Probe;

use std::collections::BTreeSet;

use super::{Point, Strategy};
use crate::op::{OpKind, TaskId};
use crate::runner::Decision;

/// A task that has gone on for this many decisions is treated as one that yields: it may spin.
const SPIN: u32 = 1000;
/// The virtual clock.
const CLOCK: TaskId = 0;

/// A place in an execution, said by the task that ran last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Moment {
    /// The task that ran last; see [`RecordedStep::task_key`](crate::RecordedStep::task_key).
    pub task: u64,
    /// How many steps it has done.
    pub steps: u32,
    /// How many decisions were made there before this one, the clock having moved in between.
    pub ask: u32,
}

/// A departure from the default: another task runs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Switch {
    /// Where.
    pub at: Moment,
    /// The task that runs; see [`RecordedStep::task_key`](crate::RecordedStep::task_key).
    pub to: u64,
    /// Whether the one that ran last could have gone on.
    pub preempts: bool,
}

/// A schedule as departures from the default.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Sparse {
    /// Where another task runs than by default, in order.
    pub switches: Vec<Switch>,
    /// Where another value is drawn than the first, in order.
    pub draws: Vec<(Moment, u32)>,
    /// Tasks that run only where nothing else can.
    pub deferred: BTreeSet<u64>,
}

impl Sparse {
    /// Returns whom a departure from the default lets run, if there is one here and that can run.
    fn next(&self, point: &Point<'_>, at: Moment) -> Option<TaskId> {
        let switch = self.switches.iter().find(|switch| switch.at == at)?;
        point.enabled.iter().find(|&task| point.path(task) == switch.to)
    }

    fn drawn(&self, at: Moment) -> u32 {
        self.draws.iter().find(|draw| draw.0 == at).map_or(0, |draw| draw.1)
    }
}

/// What tells a [`Guided`] strategy what to do.
#[derive(Clone, Debug)]
pub enum Guide {
    /// The decisions of an execution.
    Decisions(Vec<Decision>),
    /// Departures from the default.
    Sparse(Sparse),
    /// The order among dependent steps, with as few switches as that allows.
    Order(Order),
    /// Departures from the default, and more of them at random places.
    Probe(Probe),
}

/// What a [`Guided`] strategy saw.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// The execution as departures from the default.
    pub sparse: Sparse,
    /// Decisions in which the task that ran last could have gone on.
    pub preemptible: u32,
}

/// Follows a [`Guide`] as well as that is possible. The execution must be recorded.
#[derive(Debug)]
pub struct Guided {
    guide: Guide,
    /// Whether executions may be as long as fair ones.
    patient: bool,
    /// By task: when it last yielded or was held up, counted in such events.
    yields: Vec<u32>,
    yielded: u32,
    last: Option<Moment>,
    /// The task of the last decision, and for how many it has run.
    run: (TaskId, u32),
    /// How many of the guide's decisions were taken.
    taken: usize,
    log: Log,
}

impl Guided {
    /// Creates the strategy. `patient` lets executions be as long as fair ones, for a guide that was.
    pub fn new(guide: Guide, patient: bool) -> Self {
        Guided {
            guide,
            patient,
            yields: Vec::new(),
            yielded: 0,
            last: None,
            run: (CLOCK, 0),
            taken: 0,
            log: Log::default(),
        }
    }

    /// Returns what was seen of the execution.
    pub fn into_log(self) -> Log {
        self.log
    }

    fn moment(&mut self, point: &Point<'_>) -> Moment {
        let last = point.execution.current_task();
        let (task, steps) = (point.path(last), point.steps(last));
        let before = self.last.filter(|last| (last.task, last.steps) == (task, steps));
        let moment = Moment { task, steps, ask: before.map_or(0, |last| last.ask + 1) };
        self.last = Some(moment);
        moment
    }

    /// Returns whom the default lets run.
    fn usual(&self, point: &Point<'_>) -> TaskId {
        if point.current != CLOCK && !point.is_free() && self.run != (point.current, SPIN) {
            return point.current;
        }
        let deferred = &self.log.sparse.deferred;
        let rank = |&task: &TaskId| {
            let last = !deferred.is_empty() && deferred.contains(&point.path(task));
            (last, self.yields.get(task as usize).copied().unwrap_or(0), task)
        };
        let others = point.enabled.iter().filter(|&task| task != CLOCK);
        others.min_by_key(rank).unwrap_or(CLOCK)
    }

    /// Takes the next of the decisions, if there are any and it is a value drawn.
    fn next_choice(&mut self) -> Option<u32> {
        let Guide::Decisions(decisions) = &self.guide else { return None };
        self.taken += 1;
        match decisions.get(self.taken - 1) {
            Some(&Decision::Choice(value)) => Some(value),
            _ => None,
        }
    }

    fn note_yield(&mut self, task: TaskId) {
        let at = task as usize;
        if self.yields.len() <= at {
            self.yields.resize(at + 1, 0);
        }
        self.yielded += 1;
        self.yields[at] = self.yielded;
    }
}

impl Strategy for Guided {
    fn begin(&mut self, _seed: u64) {
        let mut fresh = Guided::new(self.guide.clone(), self.patient);
        if let Guide::Sparse(sparse) = &self.guide {
            fresh.log.sparse.deferred.clone_from(&sparse.deferred);
        }
        *self = fresh;
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let at = self.moment(point);
        if self.run == (point.current, SPIN) {
            self.note_yield(point.current);
        }
        let usual = self.usual(point);
        let next = match &mut self.guide {
            Guide::Decisions(decisions) => {
                self.taken += 1;
                match decisions.get(self.taken - 1) {
                    Some(&Decision::Task(task)) if point.enabled.contains(task) => task,
                    _ => usual,
                }
            }
            Guide::Sparse(sparse) => sparse.next(point, at).unwrap_or(usual),
            Guide::Order(order) => order.pick(point),
            Guide::Probe(probe) => probe.pick(point, at, usual),
        };
        let preemptible = !point.is_free();
        self.log.preemptible += u32::from(preemptible);
        if next != usual {
            let switch = Switch { at, to: point.path(next), preempts: preemptible && next != point.current };
            self.log.sparse.switches.push(switch);
        }
        if preemptible && next != point.current {
            // It stays held up for as long as others can go on, or one preemption would seldom do.
            self.note_yield(point.current);
        }
        let run = if self.run.0 == next && next == point.current { self.run.1 % SPIN + 1 } else { 0 };
        self.run = (next, run);
        next
    }

    fn choose(&mut self, _n: u32) -> u32 {
        0
    }

    fn choose_at(&mut self, point: &Point<'_>, n: u32) -> u32 {
        let at = Moment { task: point.path(point.current), steps: point.steps(point.current), ask: 0 };
        let value = match &mut self.guide {
            Guide::Decisions(_) => self.next_choice().unwrap_or(0),
            Guide::Sparse(sparse) => sparse.drawn(at),
            Guide::Order(order) => order.drawn(at),
            Guide::Probe(probe) => probe.draw(at, n),
        };
        let value = value.min(n - 1);
        if value > 0 {
            self.log.sparse.draws.push((at, value));
        }
        value
    }

    fn judge(&mut self, verdict: bool) -> bool {
        self.next_choice().map_or(verdict, |value| value != 0)
    }

    fn yielded(&mut self, task: TaskId) {
        self.note_yield(task);
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn is_fair(&self, _step: u64) -> bool {
        self.patient
    }

    fn name(&self) -> String {
        "guided".to_owned()
    }
}

impl Point<'_> {
    /// Returns true if no task is held up by running another: the one that ran last waits, has ended, or
    /// lets others go first.
    fn is_free(&self) -> bool {
        self.current == CLOCK || self.op.is(OpKind::Yield)
    }

    fn steps(&self, task: TaskId) -> u32 {
        self.execution.steps_of(task)
    }
}
