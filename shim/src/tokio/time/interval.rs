//! `interval` and `interval_at`.

use ::std::future::{Future, poll_fn};
use ::std::pin::Pin;
use ::std::task::{Context, Poll, ready};
use ::std::time::Duration;

use super::{Instant, Sleep, safe_delay};

/// Creates an interval that ticks at once, and then every `period`.
///
/// # Panics
/// Panics if `period` is zero, or if not called in a runtime with time enabled.
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Creates an interval that ticks at `start`, and then every `period`.
///
/// # Panics
/// Panics if `period` is zero, or if not called in a runtime with time enabled.
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(period > Duration::ZERO, "`period` must be non-zero.");
    let kind = match coyote_engine::current() {
        Some(_) => Kind::Model(Box::pin(Sleep::new(start))),
        None => Kind::Real(::tokio::time::interval_at(start.into_real(), period)),
    };
    Interval { kind, period: safe_delay(period), missed_tick_behavior: MissedTickBehavior::default() }
}

/// What an [`Interval`] does when a tick is more than 5 ms late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissedTickBehavior {
    /// Ticks as fast as possible until it has caught up.
    #[default]
    Burst,
    /// Ticks one period after the late tick.
    Delay,
    /// Ticks at the next multiple of the period.
    Skip,
}

impl MissedTickBehavior {
    fn into_real(self) -> ::tokio::time::MissedTickBehavior {
        match self {
            Self::Burst => ::tokio::time::MissedTickBehavior::Burst,
            Self::Delay => ::tokio::time::MissedTickBehavior::Delay,
            Self::Skip => ::tokio::time::MissedTickBehavior::Skip,
        }
    }

    /// Returns the deadline after the late tick of `timeout`.
    fn next_timeout(self, timeout: Instant, now: Instant, period: Duration) -> Instant {
        match self {
            Self::Burst => timeout + period,
            Self::Delay => now + period,
            Self::Skip => {
                let late = (now - timeout).as_nanos() % period.as_nanos();
                let late = u64::try_from(late)
                    .expect("too much time has elapsed since the interval was supposed to tick");
                now + (period - Duration::from_nanos(late))
            }
        }
    }
}

/// Ticks again and again; see [`interval`].
#[derive(Debug)]
pub struct Interval {
    kind: Kind,
    period: Duration,
    missed_tick_behavior: MissedTickBehavior,
}

#[derive(Debug)]
enum Kind {
    Real(::tokio::time::Interval),
    Model(Pin<Box<Sleep>>),
}

impl Interval {
    /// Waits for the next tick, and returns the instant for which it was due.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// Polls for the next tick.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        let delay = match &mut self.kind {
            Kind::Real(real) => return real.poll_tick(cx).map(Instant::from_real),
            Kind::Model(delay) => delay,
        };
        ready!(delay.as_mut().poll(cx));
        let timeout = delay.deadline();
        let now = Instant::now();
        let next = if now > timeout + Duration::from_millis(5) {
            self.missed_tick_behavior.next_timeout(timeout, now, self.period)
        } else {
            timeout + self.period
        };
        delay.as_mut().reset_without_timer(next);
        Poll::Ready(timeout)
    }

    /// Makes the next tick come one period from now.
    pub fn reset(&mut self) {
        self.reset_at(Instant::now() + self.period);
    }

    /// Makes the next tick come at once.
    pub fn reset_immediately(&mut self) {
        self.reset_at(Instant::now());
    }

    /// Makes the next tick come after `after`.
    pub fn reset_after(&mut self, after: Duration) {
        self.reset_at(Instant::now() + safe_delay(after));
    }

    /// Makes the next tick come at `deadline`.
    pub fn reset_at(&mut self, deadline: Instant) {
        match &mut self.kind {
            Kind::Real(real) => real.reset_at(deadline.into_real()),
            Kind::Model(delay) => delay.as_mut().reset(deadline),
        }
    }

    /// Returns what is done about missed ticks.
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed_tick_behavior
    }

    /// Sets what is done about missed ticks.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        if let Kind::Real(real) = &mut self.kind {
            real.set_missed_tick_behavior(behavior.into_real());
        }
        self.missed_tick_behavior = behavior;
    }

    /// Returns the period.
    pub fn period(&self) -> Duration {
        self.period
    }
}
