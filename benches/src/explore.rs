//! Explorations through the public entry point, as a user makes them.

use std::time::Duration;

use coyote::{Config, Explorer, Report, StrategySpec};

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
/// Panics if a bug was found, an execution ended at the step bound, or the workload does not repeat:
/// what is measured then is something else.
fn checked(report: Report) -> Report {
    assert!(report.bug().is_none(), "a workload failed:\n{report}");
    assert_eq!(report.statistics().bounded, 0, "a workload reached the step bound:\n{report}");
    report
}

/// Returns the mean number of scheduling points of an execution.
pub(crate) fn steps(report: &Report) -> f64 {
    let statistics = report.statistics();
    statistics.total_steps as f64 / statistics.iterations as f64
}
