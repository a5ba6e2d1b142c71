//! Another continuation of an execution: its decisions, and from there on a strategy.

use super::Repeat;
use crate::end::Divergence;
use crate::op::TaskId;
use crate::runner::Decision;
use crate::strategy::{Point, Strategy};

/// A strategy that repeats the beginning of an execution, in the process that made it, and then goes on as
/// another one does.
pub struct Continued {
    prefix: Repeat,
    length: usize,
    then: Box<dyn Strategy + Send>,
}

impl Continued {
    /// Creates the strategy.
    pub fn new(prefix: Vec<Decision>, then: Box<dyn Strategy + Send>) -> Self {
        Continued { length: prefix.len(), prefix: Repeat::new(prefix), then }
    }

    fn in_prefix(&self) -> bool {
        self.prefix.done < self.length
    }
}

impl Strategy for Continued {
    fn begin(&mut self, seed: u64) {
        self.prefix.begin(seed);
        self.then.begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        if self.in_prefix() { self.prefix.pick(point) } else { self.then.pick(point) }
    }

    fn choose(&mut self, n: u32) -> u32 {
        if self.in_prefix() { self.prefix.choose(n) } else { self.then.choose(n) }
    }

    fn judge(&mut self, verdict: bool) -> bool {
        if self.in_prefix() { self.prefix.judge(verdict) } else { self.then.judge(verdict) }
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        self.then.spawned(task, parent, path);
    }

    fn yielded(&mut self, task: TaskId) {
        self.then.yielded(task);
    }

    fn wants_yields(&self) -> bool {
        self.then.wants_yields()
    }

    fn is_fair(&self, step: u64) -> bool {
        !self.in_prefix() && self.then.is_fair(step)
    }

    fn has_fair_suffix(&self) -> bool {
        self.then.has_fair_suffix()
    }

    fn name(&self) -> String {
        format!("a repeated prefix, then {}", self.then.name())
    }

    fn divergence(&self) -> Option<Divergence> {
        self.prefix.divergence()
    }
}
