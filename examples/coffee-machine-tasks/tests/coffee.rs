//! What exploration says of the coffee machine, with its bugs and without.
//!
//! Machines are killed by the clock. With `time = "racing"` that may come to its time at any moment.

use coffee_machine_tasks::{Bugs, LivenessMonitor, Plan, run};

// The bug of the tutorial: the second machine finds less than no beans in the hopper, and grinds them.
#[coyote::test(
    monitors(LivenessMonitor),
    time = "racing",
    iterations = 10_000,
    timeout = "60s",
    expect = "bug",
    message = "the grinder is on, and there are no beans"
)]
async fn in_the_tutorial_a_machine_grinds_beans_that_are_not_there() {
    run(Plan::test(Bugs { empty_at_zero: true, ..Bugs::NONE }, 2)).await;
}

// What the fix leaves: the test is over while a machine is still being terminated.
#[coyote::test(
    monitors(LivenessMonitor),
    time = "racing",
    expect = "bug",
    message = "LivenessMonitor is in the hot state Busy"
)]
async fn a_machine_is_still_busy_when_all_is_over() {
    run(Plan::test(Bugs::PUBLISHED, 2)).await;
}

#[coyote::test(monitors(LivenessMonitor), time = "racing", iterations = 10_000, timeout = "60s")]
async fn the_repaired_machine_is_failed_over() {
    run(Plan::test(Bugs::NONE, 2)).await;
}

#[coyote::test(monitors(LivenessMonitor), time = "racing")]
async fn the_repaired_machine_is_failed_over_while_it_fills_little_by_little() {
    run(Plan { slowly: true, ..Plan::test(Bugs::NONE, 4) }).await;
}
