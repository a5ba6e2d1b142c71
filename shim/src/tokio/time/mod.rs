//! The mirror of `tokio::time`: under control time is virtual, and passes when nothing else can run.
//!
//! Under control [`pause`] and [`resume`] change no more than what may be called next: the clock is
//! virtual in either state, and moves to the next deadline by itself. [`advance`] moves it.

mod clock;
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
