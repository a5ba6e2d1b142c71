//! Explores test bodies over many seeds and all strategies.
#![allow(dead_code, missing_docs)]

use std::future::Future;
use std::panic::Location;

use coyote_engine::strategy::StrategySpec;
use coyote_engine::{End, Options, Outcome, Runner};

pub(crate) const STRATEGIES: [&str; 4] = ["random", "pct(3)", "fair-pct(3)", "round-robin"];

/// Runs an async body under every strategy and `seeds` seeds; `check` sees every outcome.
#[track_caller]
pub(crate) fn explore<F, Fut>(
    seeds: u64,
    body: F,
    mut check: impl FnMut(&str, u64, Outcome, Option<Fut::Output>),
) where
    F: Fn() -> Fut,
    Fut: Future,
{
    let location = Location::caller();
    for name in STRATEGIES {
        let mut runner = Runner::new(Options::default());
        let mut strategy = StrategySpec::parse(name).expect("a strategy").build(10_000);
        for seed in 0..seeds {
            let (outcome, output) = runner.run_async(&mut *strategy, seed, false, location, &body);
            check(name, seed, outcome, output);
        }
    }
}

/// As [`explore`], for a body that stands for a thread.
#[track_caller]
pub(crate) fn explore_thread<F, T>(seeds: u64, body: F, mut check: impl FnMut(&str, u64, Outcome, Option<T>))
where
    F: Fn() -> T,
{
    let location = Location::caller();
    for name in STRATEGIES {
        let mut runner = Runner::new(Options::default());
        let mut strategy = StrategySpec::parse(name).expect("a strategy").build(10_000);
        for seed in 0..seeds {
            let (outcome, output) = runner.run_thread(&mut *strategy, seed, false, location, &body);
            check(name, seed, outcome, output);
        }
    }
}

/// Every execution completes; nothing is left behind.
#[track_caller]
fn completed(name: &str, seed: u64, outcome: &Outcome) {
    assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
    assert_eq!(outcome.abandoned, 0, "{name} {seed}");
    assert_eq!(outcome.notes.uncontrolled, Vec::<String>::new(), "{name} {seed}");
}

/// The body passes in every execution.
#[track_caller]
pub(crate) fn passes<F: Fn() -> Fut, Fut: Future>(body: F) {
    explore(300, body, |name, seed, outcome, _| completed(name, seed, &outcome));
}

/// The body, which stands for a thread, passes in every execution.
#[track_caller]
pub(crate) fn passes_thread<F: Fn() -> T, T>(body: F) {
    explore_thread(300, body, |name, seed, outcome, _| completed(name, seed, &outcome));
}

/// Some execution of the body fails with a panic that contains `text`, and none ends in another way.
#[track_caller]
pub(crate) fn fails<F: Fn() -> Fut, Fut: Future>(text: &str, body: F) {
    let mut found = 0;
    explore(500, body, |name, seed, outcome, _| found += u32::from(is_failure(text, name, seed, &outcome)));
    assert!(found > 0, "the bug was not found");
}

/// As [`fails`], for a body that stands for a thread.
#[track_caller]
pub(crate) fn fails_thread<F: Fn() -> T, T>(text: &str, body: F) {
    let mut found = 0;
    explore_thread(500, body, |name, seed, outcome, _| {
        found += u32::from(is_failure(text, name, seed, &outcome))
    });
    assert!(found > 0, "the bug was not found");
}

#[track_caller]
fn is_failure(text: &str, name: &str, seed: u64, outcome: &Outcome) -> bool {
    match &outcome.end {
        End::Completed => false,
        End::Failed(failure) => {
            assert!(failure.panic.message.contains(text), "{name} {seed}: {failure:?}");
            true
        }
        end => panic!("{name} {seed}: {end:?}"),
    }
}

/// Some execution of the body ends in a deadlock, and none in a failure.
#[track_caller]
pub(crate) fn deadlocks<F: Fn() -> Fut, Fut: Future>(body: F) {
    let mut found = 0;
    explore(500, body, |name, seed, outcome, _| match outcome.end {
        End::Completed => {}
        End::Deadlock(_) => found += 1,
        end => panic!("{name} {seed}: {end:?}"),
    });
    assert!(found > 0, "the deadlock was not found");
}
