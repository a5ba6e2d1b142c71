//! Explorations through the public entry point, as a user makes them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use coyote::{Config, Explorer, Report, StrategySpec};

use crate::clock;

/// The strategies that are measured.
pub(crate) const STRATEGIES: [StrategySpec; 2] = [StrategySpec::Random, StrategySpec::Pct(3)];

/// The seed of both sides.
pub(crate) const SEED: u64 = 0x1234_5678;

/// Returns a configuration with everything at its default, but for the number of executions, which
/// alone ends the exploration.
pub(crate) fn config(name: &str, strategy: StrategySpec, executions: u64) -> Config {
    Config::new(name).iterations(executions).timeout(Duration::ZERO).strategy(strategy).seed(SEED)
}

/// Explores a synchronous body.
pub(crate) fn threads(config: Config, body: impl Fn() + Send + Sync + 'static) -> Report {
    checked(Explorer::new(config).run_sync(body))
}

/// Explores an asynchronous body.
pub(crate) fn tasks<F, Fut>(config: Config, body: F) -> Report
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    checked(Explorer::new(config).run(body))
}

/// Returns the report of an exploration that did all it was to do.
///
/// # Panics
/// Panics if a bug was found, the step bound was reached, a task could not be unwound, or the workload
/// does not repeat: what was measured then is something else.
fn checked(report: Report) -> Report {
    assert!(report.bug().is_none(), "a workload failed:\n{report}");
    assert_eq!(report.statistics().bounded, 0, "a workload reached the step bound:\n{report}");
    assert_eq!(report.statistics().abandoned, 0, "tasks of a workload were abandoned:\n{report}");
    assert!(report.is_repeatable(), "a workload does not repeat:\n{report}");
    report
}

/// Returns the mean number of scheduling points of an execution.
pub(crate) fn steps(report: &Report) -> f64 {
    let statistics = report.statistics();
    statistics.total_steps as f64 / statistics.iterations as f64
}

/// When each execution of a body began. The end of one is the beginning of the next, so that set-up and
/// teardown of an execution are in its time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Beginnings(Arc<Mutex<Vec<Instant>>>);

impl Beginnings {
    /// Notes that an execution begins.
    pub(crate) fn note(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(clock::now());
    }

    /// Returns how long executions took, in seconds: the median, without the first, cold one. After
    /// `executions` of them an exploration repeats the first, so that the last one has an end too.
    pub(crate) fn median_seconds(&self) -> f64 {
        let times = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lengths: Vec<f64> =
            times.windows(2).skip(1).map(|pair| pair[1].duration_since(pair[0]).as_secs_f64()).collect();
        clock::median(&lengths)
    }
}

/// An execution's length in steps and in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub(crate) steps: f64,
    pub(crate) seconds: f64,
}

impl Length {
    /// Explores a body that notes its beginnings, and returns how long an execution is.
    pub(crate) fn of(config: Config, explore: impl FnOnce(Config, Beginnings) -> Report) -> Length {
        let beginnings = Beginnings::default();
        let report = explore(config.max_steps(u64::MAX), beginnings.clone());
        Length { steps: steps(&report), seconds: beginnings.median_seconds() }
    }

    /// Returns the nanoseconds of each step that `self` has more than `shorter`: what both do once
    /// cancels out.
    pub(crate) fn marginal_ns(self, shorter: Length) -> f64 {
        (self.seconds - shorter.seconds) * 1e9 / (self.steps - shorter.steps)
    }

    /// Returns the nanoseconds per step, with all that is done once.
    pub(crate) fn average_ns(self) -> f64 {
        self.seconds * 1e9 / self.steps
    }
}
