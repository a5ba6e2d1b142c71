//! Every correct twin passes, under every strategy, and for real.

use coyote::StrategySpec;
use coyote_corpus::{Body, Family, Program, config, programs};
use coyote_tests::child;

const STRATEGIES: [StrategySpec; 7] = [
    StrategySpec::Portfolio,
    StrategySpec::Random,
    StrategySpec::Pct(3),
    StrategySpec::Pos,
    StrategySpec::Surw,
    StrategySpec::RffLite,
    StrategySpec::QLearning,
];

/// Twins that poll until others go on: an unfair schedule may reach the step bound.
const SPINNING: [&str; 2] = ["interlocked_work_steal_queue", "safestack"];

fn passes(program: &Program, twin: Body) {
    let iterations = child::count("COYOTE_SUITE_ITERATIONS", 300);
    for strategy in STRATEGIES {
        let name = format!("{} twin", program.name);
        let report = twin.explore(config(&name, iterations).strategy(strategy));
        let statistics = report.statistics();
        println!("{name}\t{strategy}\t{}\t{} classes", statistics.iterations, statistics.classes);
        assert!(report.bug().is_none(), "false alarm in {name} ({strategy}):\n{report}");
        assert!(report.warnings().is_empty(), "warnings of {name} ({strategy}):\n{report}");
        assert_eq!(statistics.iterations, iterations, "{name} ({strategy}) ended early:\n{report}");
        assert!(report.uncontrolled().is_empty() && report.is_repeatable(), "{name} ({strategy}):\n{report}");
        assert!(
            statistics.bounded == 0 || SPINNING.contains(&program.name),
            "{name} ({strategy}):\n{report}"
        );
    }
    match twin {
        Body::Threads(body) => body(),
        Body::Tasks(body) => tokio::runtime::Runtime::new().expect("a runtime can be built").block_on(body()),
    }
}

fn all_pass(which: impl Fn(Family) -> bool, at_least: usize) {
    let twins = programs().filter(|program| which(program.family));
    let twins: Vec<_> = twins.filter_map(|program| Some((program, program.twin?))).collect();
    assert!(twins.len() >= at_least, "only {} twins", twins.len());
    for (program, twin) in twins {
        passes(program, twin);
    }
}

#[test]
fn twins_of_sctbench_pass() {
    all_pass(|family| family != Family::Async, 20);
}

#[test]
fn twins_of_async_programs_pass() {
    all_pass(|family| family == Family::Async, 25);
}
