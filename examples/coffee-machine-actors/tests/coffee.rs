//! What exploration says of the coffee machine, with its bugs and without.

use coffee_machine_actors::{Bugs, DoorSafetyMonitor, LivenessMonitor, Plan, run};

// The test of the tutorial: the second machine finds less than no beans in the hopper, and grinds them.
#[coyote::test(
    monitors(LivenessMonitor, DoorSafetyMonitor),
    expect = "bug",
    message = "the grinder is on, and there are no beans"
)]
async fn in_the_tutorial_a_machine_grinds_beans_that_are_not_there() {
    run(Plan::test(Bugs::TUTORIAL, 2)).await;
}

// What the fix leaves: the first machine hears late that the hopper is empty, says so, and the driver takes that
// for the word of the second.
#[coyote::test(
    monitors(LivenessMonitor, DoorSafetyMonitor),
    iterations = 30_000,
    timeout = "60s",
    strategy = "fair-pct(3)",
    expect = "bug",
    message = "LivenessMonitor is in the hot state Busy"
)]
async fn a_machine_that_is_left_running_answers_for_the_next() {
    run(Plan::test(Bugs::PUBLISHED, 2)).await;
}

#[coyote::test(monitors(LivenessMonitor, DoorSafetyMonitor), iterations = 10_000, timeout = "60s")]
async fn the_repaired_machine_is_failed_over() {
    run(Plan::test(Bugs::NONE, 2)).await;
}

#[coyote::test(monitors(LivenessMonitor, DoorSafetyMonitor), iterations = 1_000)]
async fn the_repaired_machine_is_failed_over_while_it_fills_little_by_little() {
    run(Plan { slowly: true, ..Plan::test(Bugs::NONE, 4) }).await;
}
