//! Strategies: which enabled task runs next, and which value a choice takes.
//!
//! A strategy is a function of the enabled tasks with their pending operations, its own state, and a
//! seeded generator. It knows no clock, no environment, no task's body. One file each.

mod pct;
mod portfolio;
mod probabilistic;
mod random;
mod replay;
mod round_robin;
mod spec;

pub use pct::Pct;
pub use portfolio::Portfolio;
pub use probabilistic::Probabilistic;
pub use random::Random;
pub use replay::{Decisions, Expected, Replay};
pub use round_robin::RoundRobin;
pub use spec::{KNOWN, StrategySpec, check};

use crate::bits::TaskSet;
use crate::end::Divergence;
use crate::execution::Execution;
use crate::op::{Op, TaskId};

/// The situation at a scheduling point that has more than one alternative.
pub struct Point<'a> {
    /// The tasks that can run, in canonical order; at least two.
    pub enabled: &'a TaskSet,
    /// The task that has just run and can go on, or 0 if it cannot, or has yielded.
    pub current: TaskId,
    /// The number of scheduling points so far in this execution.
    pub step: u64,
    pub(crate) execution: &'a Execution,
    /// The pending operation of `current`.
    pub(crate) op: Op,
}

impl Point<'_> {
    /// Returns what `task` will do when it runs.
    pub fn op(&self, task: TaskId) -> Op {
        if task == self.current { self.op } else { self.execution.pending(task) }
    }

    /// Returns a task's name and pending operation, in words.
    pub(crate) fn describe(&self, task: TaskId) -> (String, String) {
        (self.execution.task_name(task), self.execution.describe_op(self.op(task)))
    }
}

/// A way to explore schedules.
pub trait Strategy {
    /// Begins an execution. Everything drawn in it depends on `seed` and what was learned before.
    fn begin(&mut self, seed: u64);

    /// Returns the task to run next, one of `point.enabled`.
    fn pick(&mut self, point: &Point<'_>) -> TaskId;

    /// Returns a number below `n`, which is at least 2.
    fn choose(&mut self, n: u32) -> u32;

    /// Notes that a task was created.
    fn spawned(&mut self, _task: TaskId) {}

    /// Notes that a task has asked to let others run.
    fn yielded(&mut self, _task: TaskId) {}

    /// Returns whether [`Strategy::yielded`] does anything.
    fn wants_yields(&self) -> bool {
        false
    }

    /// Returns whether every enabled task runs eventually, at this step of an execution.
    fn is_fair(&self, step: u64) -> bool;

    /// Returns whether a schedule that has been unfair for this many steps should be ended.
    fn has_fair_suffix(&self) -> bool {
        self.is_fair(u64::MAX)
    }

    /// Returns the strategy of the current execution, as one would write it in a configuration.
    fn name(&self) -> String;

    /// Returns where the program left the trace that is being replayed, if it has.
    fn divergence(&self) -> Option<Divergence> {
        None
    }
}
