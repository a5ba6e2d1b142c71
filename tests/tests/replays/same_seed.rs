//! One seed, one exploration: wherever and whenever it is made.

use coyote_tests::{child, programs, trail};

fn trails() -> Vec<String> {
    let explorations = programs::ALL.into_iter().flat_map(|program| {
        (0..12).map(move |seed| {
            let report = program.explore("same_seed", seed, 40);
            format!("{} {seed}: {}", program.name, trail::of(&report))
        })
    });
    explorations.collect()
}

#[test]
#[ignore = "run by the test below, in a process of its own"]
fn explores_everything() {
    println!();
    trails().iter().enumerate().for_each(|(at, trail)| println!("{at}\t{trail}"));
}

#[test]
fn two_processes_make_the_same_explorations() {
    let child = child::run("same_seed::explores_everything", &[("COYOTE_SUITE_NOTHING", "")]);
    child.passes();
    let here = trails();
    let theirs: Vec<&str> =
        child.stdout.lines().filter_map(|line| line.split_once('\t')).map(|(_, trail)| trail).collect();
    assert_eq!(here, theirs);
}
