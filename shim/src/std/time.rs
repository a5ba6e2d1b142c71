//! The mirror of `std::time`: `Instant` follows the virtual clock.
//!
//! `SystemTime` is the real one, since `std::fs` and others give it out; its `now` is the wall clock.

pub use ::std::time::*;

use ::std::fmt;
use ::std::ops::{Add, AddAssign, Sub, SubAssign};
use ::std::time as real;

use coyote_engine::{Context, current};

use crate::tokio::time::virtual_base;

/// A point in time that never goes back, as [`std::time::Instant`](real::Instant).
///
/// Under control it is the virtual time after a fixed instant, which is the same for all executions of
/// the process, so that it can be compared with those taken outside of control.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(real::Instant);

impl Instant {
    /// Returns the present.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "outside of control, real time is what it is")]
    pub fn now() -> Instant {
        match current() {
            Some(cx) => Instant(virtual_base() + Duration::from_nanos(cx.read_clock())),
            None => Instant(real::Instant::now()),
        }
    }

    /// Returns the time since `earlier`, or zero if that is later.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.0.duration_since(earlier.0)
    }

    /// Returns the time since `earlier`, or None if that is later.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_duration_since(earlier.0)
    }

    /// Returns the time since `earlier`, or zero if that is later.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    /// Returns the time from this instant to the present, or zero if it lies ahead.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// Returns the instant `duration` later, if it can be represented.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_add(duration).map(Instant)
    }

    /// Returns the instant `duration` earlier, if it can be represented.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_sub(duration).map(Instant)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    #[track_caller]
    fn add(self, other: Duration) -> Instant {
        Instant(self.0 + other)
    }
}

impl AddAssign<Duration> for Instant {
    #[track_caller]
    fn add_assign(&mut self, other: Duration) {
        self.0 += other;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    #[track_caller]
    fn sub(self, other: Duration) -> Instant {
        Instant(self.0 - other)
    }
}

impl SubAssign<Duration> for Instant {
    #[track_caller]
    fn sub_assign(&mut self, other: Duration) {
        self.0 -= other;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, other: Instant) -> Duration {
        self.duration_since(other)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// For other mirrors, and for code that needs the real type.
impl From<real::Instant> for Instant {
    fn from(instant: real::Instant) -> Instant {
        Instant(instant)
    }
}

impl From<Instant> for real::Instant {
    fn from(instant: Instant) -> real::Instant {
        instant.0
    }
}

/// Returns the virtual time, in nanoseconds, at which a wait of `duration` ends; None if that is so
/// far away that it never does.
pub(crate) fn deadline_after(cx: Context, duration: Duration) -> Option<u64> {
    u64::try_from(duration.as_nanos()).ok().and_then(|nanos| cx.now().checked_add(nanos))
}
