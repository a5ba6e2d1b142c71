//! An actor with timers: one that fires once, then one that fires again and again, until it is stopped.

mod clock;

use std::time::Duration;

use coyote::actors::Runtime;

pub use clock::{Clock, Ticks};

/// Has a clock tick so often, until nothing happens any more. Returns how often it did.
pub async fn tick(second: Duration, times: u32, aloud: bool) -> u32 {
    let runtime = Runtime::new();
    let clock = Clock::new(second, times, aloud);
    let ticks = clock.ticks();
    runtime.create(clock);
    runtime.quiescent().await;
    ticks.count()
}
