//! Depths are what the files say: a search of all schedules with that many preemptions finds the bug, and one
//! of all with fewer ends without.
//!
//! `COYOTE_SUITE_SCHEDULES` sets how many schedules a search may take (default: 100,000).

use coyote::StrategySpec;
use coyote_corpus::{Program, config, programs};
use coyote_tests::child;

/// Searches of these do not end; nor is a livelock judged under a schedule that is not fair.
const TOO_LARGE: [&str; 2] = ["safestack", "retry_livelock"];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Search {
    Found,
    /// There is no such schedule.
    Exhausted,
    GaveUp,
}

fn search(program: &Program, preemptions: u32, most: u64) -> Search {
    let strategy = StrategySpec::Dfs(Some(preemptions));
    let body = program.small.unwrap_or(program.body);
    let report = body.explore(config(program.name, most).strategy(strategy));
    let iterations = report.statistics().iterations;
    let search = match report.bug() {
        Some(_) => Search::Found,
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
        if TOO_LARGE.contains(&program.name) {
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
