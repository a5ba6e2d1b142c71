//! Runs a body under many strategies and seeds.
#![allow(dead_code, missing_docs, unreachable_pub, reason = "each test file uses its part")]

use std::collections::BTreeSet;
use std::panic::Location;

use coyote_engine::strategy::StrategySpec;
use coyote_engine::{End, Options, Outcome, Runner};

pub const STRATEGIES: [&str; 4] = ["random", "pct(3)", "fair-pct(3)", "round-robin"];

/// Runs the body with each strategy and seed; `seen` gets what came of each.
pub fn each<T>(
    strategies: &[&str],
    seeds: u64,
    body: impl Fn() -> T,
    seen: impl FnMut(&str, u64, Outcome, Option<T>),
) {
    each_with(&Options::default(), strategies, seeds, body, seen);
}

/// As [`each`], with options.
pub fn each_with<T>(
    options: &Options,
    strategies: &[&str],
    seeds: u64,
    body: impl Fn() -> T,
    mut seen: impl FnMut(&str, u64, Outcome, Option<T>),
) {
    for &name in strategies {
        let mut strategy = StrategySpec::parse(name).expect("a strategy").build(10_000);
        let mut runner = Runner::new(options.clone());
        for seed in 0..seeds {
            let (outcome, output) = runner.run_thread(&mut *strategy, seed, false, Location::caller(), &body);
            seen(name, seed, outcome, output);
        }
    }
}

/// The body completes in every schedule, and leaves nothing behind. Returns what it returned.
#[track_caller]
pub fn always<T: Ord>(body: impl Fn() -> T) -> BTreeSet<T> {
    always_with(&Options::default(), body)
}

/// As [`always`], with options.
#[track_caller]
pub fn always_with<T: Ord>(options: &Options, body: impl Fn() -> T) -> BTreeSet<T> {
    let mut outputs = BTreeSet::new();
    each_with(options, &STRATEGIES, 300, body, |name, seed, outcome, output| {
        assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
        assert_eq!(outcome.abandoned, 0, "{name} {seed}");
        assert!(outcome.notes.uncontrolled.is_empty(), "{name} {seed}: {:?}", outcome.notes.uncontrolled);
        outputs.extend(output);
    });
    outputs
}

/// The random strategies find an end that `is_it`; all others are completed. Finding it again with the
/// same seed gives the same execution.
#[track_caller]
pub fn finds(body: impl Fn(), is_it: impl Fn(&End) -> bool) {
    for name in ["random", "pct(3)"] {
        let mut first = None;
        for round in 0..2 {
            let mut found = Vec::new();
            each(&[name], 400, &body, |_, seed, outcome, _| {
                if is_it(&outcome.end) {
                    found.push((seed, outcome.fingerprint, outcome.steps));
                } else {
                    assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
                }
                assert_eq!(outcome.abandoned, 0, "{name} {seed}");
            });
            assert!(!found.is_empty(), "{name} found nothing");
            if round == 0 {
                first = Some(found);
            } else {
                assert_eq!(first.as_ref(), Some(&found), "{name} is not repeatable");
            }
        }
    }
}

pub fn failed_with(text: &str) -> impl Fn(&End) -> bool {
    move |end| matches!(end, End::Failed(failure) if failure.panic.message.contains(text))
}

pub fn deadlock(end: &End) -> bool {
    matches!(end, End::Deadlock(_))
}
