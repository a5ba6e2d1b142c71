//! A random walk that rarely switches: Coyote's `probabilistic` strategy. Fair with probability 1.

use super::{Point, Strategy};
use crate::op::TaskId;
use crate::rng::Rng;

/// Stays with the current task unless `n` coin flips all come up: it switches with probability
/// `0.5^n`, and then picks every enabled task with the same probability.
#[derive(Debug)]
pub struct Probabilistic {
    flips: u32,
    rng: Rng,
}

impl Probabilistic {
    /// Creates the strategy with `flips` coin flips per step, at most 32.
    pub fn new(flips: u32) -> Self {
        Probabilistic { flips: flips.min(32), rng: Rng::new(0) }
    }
}

impl Strategy for Probabilistic {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let draw = self.rng.next_u64();
        let flips = (1u64 << self.flips) - 1;
        if point.current != 0 && draw & flips != 0 {
            return point.current;
        }
        point.enabled.select(self.rng.below(point.enabled.len() as u32))
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn is_fair(&self, _step: u64) -> bool {
        true
    }

    fn name(&self) -> String {
        format!("probabilistic({})", self.flips)
    }
}
