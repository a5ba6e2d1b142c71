//! Bugs of a known depth are found at least as often as the theory says.

use std::rc::Rc;

use coyote_engine::End;
use coyote_engine::strategy::{DelayBounding, Pct, Strategy};

use crate::program::{Body, Var, execute, run_all, runner};

/// The fourth step of one task has to come between the two of the other.
fn depth_two() -> Vec<Body> {
    let (shared, own) = (Var::new(0), Var::new(0));
    let theirs = shared.clone();
    let victim = move |_| {
        shared.store(1);
        assert_eq!(shared.load(), 1);
    };
    let other = move |_| {
        (0..2).for_each(|_| own.store(1));
        theirs.store(2);
    };
    vec![Rc::new(victim), Rc::new(other)]
}

fn share_of_failures(strategy: &mut (dyn Strategy + 'static), program: fn() -> Vec<Body>) -> f64 {
    let mut runner = runner();
    let failures = (0..=10_000).filter(|&seed| {
        let (outcome, _) = execute(&mut runner, strategy, seed, || run_all(&program()));
        matches!(outcome.end, End::Failed(_)) && seed > 0
    });
    failures.count() as f64 / 10_000.0
}

/// Both bounds are exact for this program: a measurement may be three standard deviations below.
fn at_least(bound: f64, found: f64) {
    let deviation = (bound * (1.0 - bound) / 10_000.0).sqrt();
    assert!(found >= bound - 3.0 * deviation, "{found} instead of {bound}");
}

#[test]
fn pct_finds_a_bug_of_its_depth_with_the_probability_proved() {
    // Two tasks with seven steps; of those before which both are enabled there are at most six.
    let found = share_of_failures(&mut Pct::new(2), depth_two);
    at_least(1.0 / (2.0 * 6.0), found);
    assert_eq!(share_of_failures(&mut Pct::new(1), depth_two), 0.0);
}

#[test]
fn one_delay_finds_what_needs_one_and_none_finds_nothing() {
    let found = share_of_failures(&mut DelayBounding::new(1), depth_two);
    at_least(1.0 / 6.0, found);
}
