//! A strategy that learns from one execution for the next does so as well when they are isolated.

use std::sync::Arc;

use coyote::tokio::sync::Mutex;
use coyote::{Config, Explorer, Isolate, Report, StrategySpec};

async fn three_writers() {
    let lock = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..3)
        .map(|number| {
            let lock = Arc::clone(&lock);
            coyote::tokio::spawn(async move { lock.lock().await.push(number) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(*lock.lock().await != [2, 1, 0], "in reverse");
}

fn explored(strategy: &str, isolate: Isolate) -> Report {
    let strategy = StrategySpec::parse(strategy).expect("a strategy");
    let config = Config::new("learning").strategy(strategy).iterations(300).isolate(isolate).shrink(false);
    Explorer::new(config).run(three_writers)
}

/// Returns what of a report depends on every decision of every execution.
fn essence(report: &Report) -> (u64, u64, u64, Option<Vec<String>>) {
    let statistics = report.statistics();
    let decisions = report.bug().map(|bug| {
        assert!(bug.is_reproduced(), "{report}");
        bug.trace().decisions.iter().map(|decision| format!("{decision:?}")).collect()
    });
    (statistics.iterations, statistics.classes, statistics.total_steps, decisions)
}

#[test]
fn isolated_explorations_make_the_same_schedules() {
    for strategy in ["random", "pct(3)", "dfs", "q-learning", "surw", "portfolio"] {
        let (here, there) = (explored(strategy, Isolate::No), explored(strategy, Isolate::Process));
        assert_eq!(essence(&here), essence(&there), "{strategy}");
    }
}
