//! `tokio::time::Instant`.

use ::std::fmt;
use ::std::ops;
use ::std::sync::OnceLock;
use ::std::time::Duration;

use super::clock::clock_here;

/// A measurement of the clock: the virtual one under control, tokio's own otherwise.
#[derive(Clone, Copy, Eq, PartialEq, PartialOrd, Ord, Hash)]
pub struct Instant {
    std: ::std::time::Instant,
}

/// Returns the instant at which the virtual time of every execution is 0. It is the same throughout the
/// process, so that instants of one execution compare with those of another.
pub(crate) fn virtual_base() -> ::std::time::Instant {
    static BASE: OnceLock<::std::time::Instant> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "a fixed instant: only differences from it are seen")]
    *BASE.get_or_init(::std::time::Instant::now)
}

impl Instant {
    /// Returns the time that it is now.
    pub fn now() -> Instant {
        match coyote_engine::current() {
            Some(execution) => Instant::from_std(
                virtual_base() + Duration::from_nanos(execution.read_clock_of(clock_here(execution))),
            ),
            None => Instant::from_std(::tokio::time::Instant::now().into_std()),
        }
    }

    /// Returns the virtual time of this instant in nanoseconds: 0 if it lies before the execution began,
    /// None if it lies beyond the end of time.
    pub(crate) fn virtual_nanos(self) -> Option<u64> {
        u64::try_from(self.std.saturating_duration_since(virtual_base()).as_nanos()).ok()
    }

    /// Creates a `tokio::time::Instant` from a `std::time::Instant`, the real one or its mirror.
    pub fn from_std(std: impl Into<::std::time::Instant>) -> Instant {
        Instant { std: std.into() }
    }

    /// Converts it into a `std::time::Instant`.
    pub fn into_std(self) -> ::std::time::Instant {
        self.std
    }

    pub(super) fn from_real(real: ::tokio::time::Instant) -> Instant {
        Instant::from_std(real.into_std())
    }

    pub(super) fn into_real(self) -> ::tokio::time::Instant {
        ::tokio::time::Instant::from_std(self.std)
    }

    /// Returns the time from `earlier` to this instant; zero if `earlier` is later.
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.std.saturating_duration_since(earlier.std)
    }

    /// Returns the time from `earlier` to this instant; None if `earlier` is later.
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.std.checked_duration_since(earlier.std)
    }

    /// Returns the time from `earlier` to this instant; zero if `earlier` is later.
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.std.saturating_duration_since(earlier.std)
    }

    /// Returns the time from this instant until now; zero if it is still to come.
    pub fn elapsed(&self) -> Duration {
        Instant::now().saturating_duration_since(*self)
    }

    /// Returns this instant and `duration`, if that can be represented.
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.std.checked_add(duration).map(Instant::from_std)
    }

    /// Returns this instant less `duration`, if that can be represented.
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.std.checked_sub(duration).map(Instant::from_std)
    }
}

impl From<::std::time::Instant> for Instant {
    fn from(time: ::std::time::Instant) -> Instant {
        Instant::from_std(time)
    }
}

impl From<crate::std::time::Instant> for Instant {
    fn from(time: crate::std::time::Instant) -> Instant {
        Instant::from_std(time)
    }
}

impl From<Instant> for crate::std::time::Instant {
    fn from(time: Instant) -> crate::std::time::Instant {
        time.into_std().into()
    }
}

impl From<Instant> for ::std::time::Instant {
    fn from(time: Instant) -> ::std::time::Instant {
        time.into_std()
    }
}

impl ops::Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, other: Duration) -> Instant {
        Instant::from_std(self.std + other)
    }
}

impl ops::AddAssign<Duration> for Instant {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

impl ops::Sub for Instant {
    type Output = Duration;

    fn sub(self, rhs: Instant) -> Duration {
        self.std.saturating_duration_since(rhs.std)
    }
}

impl ops::Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, rhs: Duration) -> Instant {
        Instant::from_std(self.std - rhs)
    }
}

impl ops::SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, rhs: Duration) {
        *self = *self - rhs;
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.std.fmt(f)
    }
}
