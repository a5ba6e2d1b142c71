//! Moving independent steps past each other gives another execution of the same class, with fewer
//! preemptions.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

use coyote_engine::strategy::{Guide, Guided, Order, Random, Strategy};
use coyote_engine::{Options, Outcome, Recording, Runner};
use coyote_tests::programs::{self, Body, Program};

/// Of each program.
const EXECUTIONS: u64 = 200;

fn run(
    runner: &mut Runner,
    program: &Program,
    strategy: &mut (dyn Strategy + 'static),
    seed: u64,
) -> Outcome {
    let here = Location::caller();
    match program.body {
        Body::Async(body) => runner.run_async(strategy, seed, true, here, body).0,
        Body::Sync(body) => runner.run_thread(strategy, seed, true, here, body).0,
    }
}

fn recording(outcome: &Outcome) -> &Recording {
    outcome.notes.recording.as_ref().expect("the execution was recorded")
}

fn preemptions(outcome: &Outcome) -> usize {
    recording(outcome).steps.iter().filter(|step| step.preempted.is_some()).count()
}

/// Returns how many executions became another of their class; and the preemptions of all before and after.
fn reordered(program: &Program) -> (u64, usize, usize) {
    let mut runner = Runner::new(Options::default());
    let mut random = Random::new();
    let (mut same, mut before, mut after) = (0, 0, 0);
    for seed in 0..EXECUTIONS {
        let found = run(&mut runner, program, &mut random, seed);
        let mut strategy = Guided::new(Guide::Order(Order::of(recording(&found))), true);
        let again = run(&mut runner, program, &mut strategy, seed);
        let is_same = found.fingerprint == again.fingerprint && found.end.kind() == again.end.kind();
        same += u64::from(is_same);
        before += preemptions(&found);
        after += preemptions(&again);
    }
    (same, before, after)
}

#[test]
fn executions_stay_in_their_class_and_lose_preemptions() {
    for program in programs::ALL {
        let (same, before, after) = reordered(program);
        // What a branch of `select!` that waits already goes on with has no step of its own; so in one of
        // a thousand executions the order of that with another is lost. Shrinking then drops the schedule.
        let wanted = if program.name == "select" { EXECUTIONS - EXECUTIONS / 50 } else { EXECUTIONS };
        assert!(same >= wanted, "{}: {same} of {EXECUTIONS} stayed in their class", program.name);
        assert!(after < before, "{}: {before} preemptions before, {after} after", program.name);
    }
}

#[test]
fn an_execution_of_another_class_has_another_fingerprint() {
    let mut runner = Runner::new(Options::default());
    let mut random = Random::new();
    let mut ends: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for seed in 0..50 {
        let outcome = run(&mut runner, &programs::deadlock::PROGRAM, &mut random, seed);
        ends.entry(outcome.end.kind()).or_default().insert(outcome.fingerprint);
    }
    let (stuck, well) = (&ends["deadlock"], &ends["completed"]);
    assert!(stuck.len() > 1 && well.len() > 1, "{ends:?}");
    assert!(stuck.is_disjoint(well), "{ends:?}");
}
