//! Uniform choice among the enabled tasks: a random walk. Fair with probability 1.

use super::{Point, Strategy};
use crate::op::TaskId;
use crate::rng::Rng;

/// Picks every enabled task with the same probability.
#[derive(Debug)]
pub struct Random {
    rng: Rng,
}

impl Random {
    /// Creates the strategy; it is seeded when an execution begins.
    pub fn new() -> Self {
        Random { rng: Rng::new(0) }
    }
}

impl Default for Random {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for Random {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        point.enabled.select(self.rng.below(point.enabled.len() as u32))
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn is_fair(&self, _step: u64) -> bool {
        true
    }

    fn name(&self) -> String {
        "random".to_owned()
    }
}
