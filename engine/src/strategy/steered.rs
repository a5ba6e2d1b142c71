//! A random walk that keeps tasks from taking certain locks while anything else can run: if other tasks then come to
//! take what they have to wait for each other for, that is a deadlock.
//!
//! Which locks, a prediction says (see [`LockCycle`]). The idea is that of DeadlockFuzzer (Joshi, Park, Sen, Naik,
//! "A randomized dynamic program analysis technique for detecting real deadlocks", PLDI 2009), where a thread that has
//! come to its place in the circle is paused.

use super::{Point, Strategy};
use crate::execution::LockCycle;
use crate::op::{OpKind, TaskId};
use crate::rng::Rng;

/// A task is kept for so many decisions at most in an execution: what the others do may have no end.
const PATIENCE: u32 = 2_000;

/// Steers towards a predicted deadlock. Unfair.
#[derive(Debug)]
pub struct Steered {
    cycle: LockCycle,
    rng: Rng,
    /// Whether other tasks that come to the same places are kept, too.
    any_task: bool,
    patience: u32,
    kept: Vec<TaskId>,
}

impl Steered {
    /// Creates the strategy.
    pub fn new(cycle: LockCycle) -> Self {
        Steered { cycle, rng: Rng::new(0), any_task: false, patience: 0, kept: Vec::new() }
    }

    /// Returns whether a task stands where it would take its last lock of the circle.
    fn is_there(&self, point: &Point<'_>, task: TaskId) -> bool {
        let op = point.op(task);
        matches!(op.kind(), OpKind::Lock | OpKind::ReadLock | OpKind::WriteLock | OpKind::Init)
            && self
                .cycle
                .steps
                .iter()
                .any(|step| step.wants == op.location() && (self.any_task || step.task == point.path(task)))
    }
}

impl Strategy for Steered {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
        self.any_task = self.rng.below(2) == 1;
        self.patience = PATIENCE;
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let mut free = std::mem::take(&mut self.kept);
        free.clear();
        if self.patience > 0 {
            free.extend(point.enabled.iter().filter(|&task| !self.is_there(point, task)));
        }
        let keeps = !free.is_empty() && free.len() < point.enabled.len();
        self.patience -= u32::from(keeps);
        let next = if keeps {
            free[self.rng.below(free.len() as u32) as usize]
        } else {
            point.enabled.select(self.rng.below(point.enabled.len() as u32))
        };
        self.kept = free;
        next
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn is_fair(&self, _step: u64) -> bool {
        false
    }

    fn has_fair_suffix(&self) -> bool {
        // When patience is at its end it is a random walk.
        true
    }

    fn name(&self) -> String {
        "steered".to_owned()
    }
}
