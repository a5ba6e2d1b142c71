//! What exploration says of the failure detector, with its bugs and without.

use failure_detector::{Bugs, Liveness, Plan, Safety, run};

// A slow node answers each ping late, for the next round. So each round sends it two pings, and waits for one answer.
#[coyote::test(
    monitors(Safety, Liveness),
    iterations = 10_000,
    timeout = "60s",
    expect = "bug",
    message = "too many pings are on their way to a node"
)]
async fn stale_answers_let_pings_pile_up() {
    run(Plan::test(Bugs { stale_answers: true, ..Bugs::NONE })).await;
}

#[coyote::test(monitors(Safety, Liveness), expect = "bug", message = "Liveness is in the hot state Waiting")]
async fn a_client_that_registers_late_is_never_told() {
    run(Plan::test(Bugs { forgotten_failures: true, ..Bugs::NONE })).await;
}

#[coyote::test(monitors(Safety, Liveness), iterations = 10_000, timeout = "60s")]
async fn the_repaired_detector_tells_of_all_failures_and_floods_nobody() {
    run(Plan::test(Bugs::NONE)).await;
}
