//! The mirror of `tokio::time`: under control time is virtual, and passes when nothing else can run.
//!
//! Each `current_thread` runtime has a clock of its own, which follows the virtual one. [`pause`] freezes it:
//! `std`'s sleeps then do not move it, but [`advance`] does, and so does the runtime when it has nothing to do
//! and no closure is on its blocking pool.

pub(crate) mod clock;
pub mod error;
mod instant;
mod interval;
mod sleep;
mod timeout;

pub use ::std::time::Duration;

pub use clock::{advance, pause, resume};
pub use instant::Instant;
pub use interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_until};
pub use timeout::{Timeout, timeout, timeout_at};

pub(crate) use instant::virtual_base;

/// The longest time that is added to an instant as it is: roughly 30 years.
const FAR: Duration = Duration::from_secs(86_400 * 365 * 30);

/// Shortens what could overflow an instant.
fn safe_delay(delay: Duration) -> Duration {
    delay.min(FAR)
}
