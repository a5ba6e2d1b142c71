//! A strategy up to a step, and a random walk from there on, so that every schedule ends fairly:
//! Mukherjee, Deligiannis, Biswas, Lal, "Learning-based controlled concurrency testing", OOPSLA 2020,
//! and Coyote do the same with PCT.

use std::sync::Arc;

use super::{Point, Profile, Strategy};
use crate::op::TaskId;
use crate::rng::Rng;

/// Runs `inner` for a number of steps of each execution, and then picks every enabled task with the
/// same probability.
#[derive(Debug)]
pub struct FairSuffix<S> {
    inner: S,
    after: u64,
    rng: Rng,
}

impl<S: Strategy> FairSuffix<S> {
    /// Lets `inner` decide for the first `unfair_steps` steps.
    pub fn new(inner: S, unfair_steps: u64) -> Self {
        FairSuffix { inner, after: unfair_steps, rng: Rng::new(0) }
    }
}

impl<S: Strategy> Strategy for FairSuffix<S> {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed ^ 0x7375_6666_6978);
        self.inner.begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        if point.step > self.after {
            return point.enabled.select(self.rng.below(point.enabled.len() as u32));
        }
        self.inner.pick(point)
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.inner.choose(n)
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        self.inner.spawned(task, parent, path);
    }

    fn yielded(&mut self, task: TaskId) {
        self.inner.yielded(task);
    }

    fn wants_yields(&self) -> bool {
        self.inner.wants_yields()
    }

    fn passed(&mut self, point: &Point<'_>) {
        if point.step <= self.after {
            self.inner.passed(point);
        }
    }

    fn wants_every_point(&self) -> bool {
        self.inner.wants_every_point()
    }

    fn learn(&mut self, profile: &Arc<Profile>) {
        self.inner.learn(profile);
    }

    fn is_fair(&self, step: u64) -> bool {
        step > self.after
    }

    fn name(&self) -> String {
        self.inner.name()
    }
}
