//! Depths are what the files say: a search of all schedules with that many preemptions finds the bug, and one
//! of all with fewer ends without.
//!
//! `COYOTE_SUITE_SCHEDULES` sets how many schedules a search may take (default: 100,000), and
//! `COYOTE_SUITE_SAFESTACK=3` has those of SafeStack with two preemptions searched, too.

use coyote::StrategySpec;
use coyote_corpus::{Body, Expected, Program, config, programs};
use coyote_tests::child;

/// It has too many schedules with as many preemptions as it takes: see [`safestack`](crate::safestack).
const TOO_LARGE: &str = "safestack";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Search {
    Found,
    /// There is no such schedule.
    Exhausted,
    GaveUp,
}

fn search(program: &Program, preemptions: u32, most: u64) -> Search {
    let body = program.small.unwrap_or(program.body);
    search_body(program, body, preemptions, most)
}

fn search_body(program: &Program, body: Body, preemptions: u32, most: u64) -> Search {
    let strategy = StrategySpec::Dfs(Some(preemptions));
    let report =
        body.explore(config(program.name, most).strategy(strategy).spurious(false).lock_order(false));
    let iterations = report.statistics().iterations;
    // The search is fair to those that are waited for by yielding: a schedule of it that does not end is a
    // livelock. It is not reported as one, since no task was let run at random.
    let goes_on_for_ever = program.expected == Expected::Livelock && report.statistics().bounded > 0;
    let search = match report.bug() {
        Some(_) => Search::Found,
        None if goes_on_for_ever => Search::Found,
        None if iterations < most => Search::Exhausted,
        None => Search::GaveUp,
    };
    println!("{}\t{preemptions} preemptions\t{search:?} after {iterations}", program.name);
    assert!(report.bug().is_none() || program.expected.is_shown_by(&report), "{}:\n{report}", program.name);
    search
}

#[test]
fn depths_are_the_fewest_preemptions() {
    let most = child::count("COYOTE_SUITE_SCHEDULES", 100_000);
    let mut wrong = Vec::new();
    for program in programs() {
        if program.name == TOO_LARGE {
            continue;
        }
        let found = search(program, program.depth, most);
        if found != Search::Found {
            wrong.push(format!("{} with {}: {found:?}", program.name, program.depth));
        }
        if program.depth > 0 {
            let excluded = search(program, program.depth - 1, most);
            if excluded != Search::Exhausted {
                wrong.push(format!("{} with {}: {excluded:?}", program.name, program.depth - 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_schedule_of_safestack_with_few_preemptions_shows_the_bug() {
    let program = programs().find(|program| program.name == TOO_LARGE).expect("it is there");
    for preemptions in 0..child::count("COYOTE_SUITE_SAFESTACK", 2) {
        assert_eq!(search(program, preemptions as u32, u64::MAX), Search::Exhausted);
    }
}

#[test]
fn a_search_of_what_waits_for_something_that_comes_ends_without_a_livelock() {
    let waits = programs().find(|program| program.name == "retry_livelock").expect("it is there");
    let twin = waits.twin.expect("it has a correct twin");
    for preemptions in 0..3 {
        assert_eq!(search_body(waits, twin, preemptions, 100_000), Search::Exhausted);
    }
}
