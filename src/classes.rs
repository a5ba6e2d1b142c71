//! How much of what a sampler shows has been seen: distinct classes, and the chance of a new one.
//!
//! After `n` executions, `f` of which were the only ones of their class, the next one is of a class not
//! seen yet with a probability of about `f / n`: Good, "The population frequencies of species and the
//! estimation of population parameters", Biometrika 1953; the estimate is Turing's. If none of `n`
//! independent executions failed, one fails with a probability below `3 / n`, with 95 % confidence:
//! Hanley, Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 1983.

use coyote_engine::Hashed;

/// When an exploration ends, if nothing is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Until {
    /// When its executions, or its time, are used up.
    #[default]
    Budget,
    /// As soon as the chance that the next execution is of a new class is estimated below 1 %, after 300
    /// executions at least; or when the budget is used up.
    Saturated,
}

impl Until {
    /// What may be written, for error messages.
    pub(crate) const KNOWN: &str = "`budget` or `saturated`";

    pub(crate) fn parse(text: &str) -> Option<Until> {
        match text {
            "budget" => Some(Until::Budget),
            "saturated" => Some(Until::Saturated),
            _ => None,
        }
    }
}

/// The chance of a new class below which an exploration is saturated.
pub(crate) const SATURATED_BELOW: f64 = 0.01;
/// The estimate says nothing before so many executions: with 300, even a class of probability 1 % has been
/// missed only once in twenty explorations.
const FEWEST: u64 = 300;
/// Distinct classes are counted up to this many; a longer exploration must not grow for counting.
pub(crate) const MOST: usize = 1 << 17;

/// Counts classes of executions by fingerprint.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    /// Whether a class was seen more than once.
    seen: Hashed<bool>,
    executions: u64,
    once: u64,
}

impl Classes {
    /// Adds an execution, unless there are too many classes already.
    pub(crate) fn add(&mut self, fingerprint: u64) {
        if self.seen.len() >= MOST {
            return;
        }
        self.executions += 1;
        match self.seen.get_mut(&fingerprint) {
            Some(again) => {
                self.once -= u64::from(!*again);
                *again = true;
            }
            None => {
                self.once += 1;
                self.seen.insert(fingerprint, false);
            }
        }
    }

    /// Returns how many classes there are.
    pub(crate) fn distinct(&self) -> u64 {
        self.seen.len() as u64
    }

    /// Returns how many classes were seen once, and among how many executions.
    pub(crate) fn once(&self) -> (u64, u64) {
        (self.once, self.executions)
    }

    /// Returns whether so little is new that one may stop.
    pub(crate) fn is_saturated(&self) -> bool {
        self.executions >= FEWEST && (self.once as f64) < SATURATED_BELOW * self.executions as f64
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use coyote_engine::strategy::StrategySpec;
    use coyote_shim::std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use super::*;
    use crate::{Config, Explorer, Report};

    #[test]
    fn classes_seen_once_are_told_from_others() {
        let mut classes = Classes::default();
        [1, 2, 1, 3, 1, 2].into_iter().for_each(|fingerprint| classes.add(fingerprint));
        assert_eq!(classes.distinct(), 3);
        assert_eq!(classes.once(), (1, 6));
    }

    #[test]
    fn the_estimate_is_near_the_truth() {
        // Class `k` has the probability 2^-k.
        let mut classes = Classes::default();
        let mut rng = coyote_engine::Rng::new(3);
        let draw = |rng: &mut coyote_engine::Rng| u64::from(rng.next_u64().leading_zeros());
        (0..1000).for_each(|_| classes.add(draw(&mut rng)));
        let (once, executions) = classes.once();
        let estimate = once as f64 / executions as f64;
        let truth: f64 =
            (0..64).filter(|k| !classes.seen.contains_key(k)).map(|k| 0.5f64.powi(k as i32 + 1)).sum();
        assert!((estimate - truth).abs() < 0.005, "{estimate} instead of {truth}");
        assert!(classes.is_saturated());
    }

    #[test]
    fn few_executions_saturate_nothing_and_neither_do_many_new_classes() {
        let mut classes = Classes::default();
        (0..FEWEST - 1).for_each(|_| classes.add(7));
        assert!(!classes.is_saturated());
        classes.add(7);
        assert!(classes.is_saturated());
        (0..10).for_each(|fingerprint| classes.add(1000 + fingerprint));
        assert!(!classes.is_saturated());
    }

    #[test]
    fn counting_ends_at_the_bound() {
        let mut classes = Classes::default();
        (0..MOST as u64 + 10).for_each(|fingerprint| classes.add(fingerprint));
        assert_eq!(classes.distinct(), MOST as u64);
        assert_eq!(classes.once(), (MOST as u64, MOST as u64));
    }

    /// Two tasks that add, in two classes of executions.
    fn explore(strategy: &str, until: Until) -> Report {
        let strategy = StrategySpec::parse(strategy).expect("a strategy");
        let config = Config::new("classes").iterations(2000).strategy(strategy).until(until);
        Explorer::new(config).run_sync(|| {
            let sum = Arc::new(AtomicU32::new(0));
            let theirs = sum.clone();
            let thread = coyote_shim::std::thread::spawn(move || theirs.fetch_add(1, SeqCst));
            sum.fetch_add(1, SeqCst);
            thread.join().expect("it does not panic");
        })
    }

    #[test]
    fn a_saturated_exploration_ends_early_and_says_why() {
        let report = explore("random", Until::Saturated);
        let statistics = report.statistics();
        assert!(statistics.saturated && statistics.iterations >= FEWEST, "{statistics:?}");
        assert!(statistics.iterations < 1000, "{statistics:?}");
        let text = report.to_string();
        assert!(text.contains("of a new class with a probability of about 0 %; ended early"), "{text}");
        let report = explore("random", Until::Budget);
        assert!(!report.statistics().saturated && report.statistics().iterations == 2000);
    }

    #[test]
    fn a_bound_of_failures_is_claimed_for_independent_executions_only() {
        let report = explore("random", Until::Budget);
        assert_eq!(report.failing_mass_below(), Some(3.0 / 2000.0));
        assert!(report.to_string().contains("fails with a probability below 0.1 % (95 %"), "{report}");
        for strategy in ["portfolio", "surw", "pct(3)", "q-learning"] {
            let report = explore(strategy, Until::Budget);
            assert_eq!(report.failing_mass_below(), None, "{strategy}");
            assert!(!report.to_string().contains("95 %"), "{report}");
        }
    }

    #[test]
    fn a_systematic_exploration_is_complete_and_estimates_nothing() {
        let report = explore("dfs", Until::Budget);
        assert!(report.statistics().complete && report.statistics().iterations < 100, "{report}");
        let text = report.to_string();
        assert!(text.contains("complete: every schedule of the strategy dfs was made"), "{text}");
        assert!(!text.contains("probability"), "{text}");
    }
}
