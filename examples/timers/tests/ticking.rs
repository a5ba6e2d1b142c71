//! What exploration says of the clock: however early its timers fire, they fire as often as they should.

use std::time::Duration;

use coyote::actors::{Halt, Runtime, Timers};
use timers::Clock;

const SECOND: Duration = Duration::from_millis(1);

// A tick that is in the inbox when its timer is stopped is dropped.
#[coyote::test(iterations = 10_000)]
async fn a_stopped_timer_ticks_no_more() {
    assert_eq!(timers::tick(SECOND, 3, false).await, 3);
}

#[coyote::test(iterations = 10_000)]
async fn timers_stop_when_their_actor_halts() {
    let runtime = Runtime::new();
    let clock = Clock::new(SECOND, u32::MAX, false);
    let ticks = clock.ticks();
    let id = runtime.create(clock);
    tokio::time::sleep(5 * SECOND).await;
    runtime.send(&id, Halt);
    runtime.quiescent().await;
    let at_the_end = ticks.count();
    tokio::time::sleep(5 * SECOND).await;
    assert_eq!(ticks.count(), at_the_end);
}

// By the test's clock, if that is asked for: one second, and then three.
#[coyote::test]
async fn timers_in_order_fire_when_it_is_time() {
    let runtime = Runtime::builder().timers(Timers::InOrder).build();
    let clock = Clock::new(SECOND, 3, false);
    let ticks = clock.ticks();
    let start = tokio::time::Instant::now();
    runtime.create(clock);
    runtime.quiescent().await;
    assert_eq!(ticks.count(), 3);
    assert!(start.elapsed() >= 4 * SECOND, "{:?}", start.elapsed());
}
