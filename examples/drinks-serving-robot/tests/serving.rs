//! What exploration says of the robot, with its bugs and without.

use drinks_serving_robot::{Bugs, LivenessMonitor, Plan, serve};

// The test of the tutorial: one drink, one failover. The robot believes in an order that is complete, and waits
// for ever for the new navigator, which it never asks.
#[coyote::test(
    monitors(LivenessMonitor),
    expect = "bug",
    message = "LivenessMonitor is in the hot state Busy"
)]
async fn in_the_tutorial_the_robot_waits_for_an_order_that_is_complete() {
    serve(Plan::test(Bugs::TUTORIAL, 1, 1)).await;
}

// With the tutorial's fix, the tutorial's test passes.
#[coyote::test(monitors(LivenessMonitor), max_steps = 2000)]
async fn the_published_robot_survives_one_failover() {
    serve(Plan::test(Bugs::PUBLISHED, 1, 1)).await;
}

// It would not survive what the tutorial does in production: to fail over again and again.
#[coyote::test(
    monitors(LivenessMonitor),
    iterations = 10_000,
    expect = "bug",
    message = "does not handle RobotReady"
)]
async fn a_deaf_driver_is_told_of_the_next_order_too_early() {
    serve(Plan::test(Bugs { deaf_driver: true, ..Bugs::NONE }, 3, 2)).await;
}

#[coyote::test(
    monitors(LivenessMonitor),
    expect = "bug",
    message = "LivenessMonitor is in the hot state Busy"
)]
async fn a_request_dies_with_its_navigator() {
    serve(Plan::test(Bugs { lost_requests: true, ..Bugs::NONE }, 3, 2)).await;
}

#[coyote::test(monitors(LivenessMonitor), iterations = 10_000, timeout = "60s")]
async fn the_repaired_robot_survives_one_failover() {
    serve(Plan::test(Bugs::NONE, 1, 1)).await;
}

#[coyote::test(monitors(LivenessMonitor), iterations = 2_000, timeout = "60s")]
async fn the_repaired_robot_survives_failover_after_failover() {
    serve(Plan::test(Bugs::NONE, 4, 4)).await;
}
