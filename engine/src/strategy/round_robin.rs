//! Every enabled task in turn, switching at every scheduling point. Fair.

use super::{Point, Strategy};
use crate::op::TaskId;
use crate::rng::Rng;

/// Picks the next enabled task in order of creation, beginning at a random one.
#[derive(Debug)]
pub struct RoundRobin {
    last: TaskId,
    rng: Rng,
}

impl RoundRobin {
    /// Creates the strategy.
    pub fn new() -> Self {
        RoundRobin { last: 0, rng: Rng::new(0) }
    }
}

impl Default for RoundRobin {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for RoundRobin {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
        self.last = self.rng.below(8);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let next = point.enabled.at_or_after(self.last + 1).unwrap_or_else(|| point.enabled.select(0));
        self.last = next;
        next
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn is_fair(&self, _step: u64) -> bool {
        true
    }

    fn name(&self) -> String {
        "round-robin".to_owned()
    }
}
