//! `sleep` and `sleep_until`.

use ::std::fmt;
use ::std::future::Future;
use ::std::marker::PhantomPinned;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context, Poll, Waker, ready};
use ::std::time::Duration;

use coyote_engine::{ClockId, Op, OpKind, TimerKey};
use pin_project_lite::pin_project;

use super::{FAR, Instant, safe_delay};
use crate::support::Place;
use crate::tokio::coop;
use crate::tokio::runtime::{Core, context};

/// tokio's timers count whole milliseconds.
const TICK: u64 = 1_000_000;

/// Waits until `deadline`.
///
/// # Panics
/// Panics if not called in a runtime with time enabled.
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep::new(deadline)
}

/// Waits for `duration`; for 30 years at most.
///
/// # Panics
/// Panics if not called in a runtime with time enabled.
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    Sleep::new(Instant::now() + safe_delay(duration))
}

pin_project! {
    /// A future that is ready at its deadline. Under control that is a deadline of the virtual clock.
    #[must_use = "futures do nothing unless you `.await` or poll them"]
    pub struct Sleep {
        deadline: Instant,
        model: Model,
        // None under control. Not `UnwindSafe`, and `!Unpin`, with or without it.
        #[pin]
        real: Option<::tokio::time::Sleep>,
        #[pin]
        pinned: PhantomPinned,
    }
}

/// A timer of the virtual clock.
struct Model {
    place: Place,
    /// The execution that the timer belongs to; 0 if tokio's own is used.
    execution: u64,
    /// The runtime whose timer it is; None if that is the test's own, which nobody shuts down or pauses.
    runtime: Option<Arc<Core>>,
    /// The virtual time, in nanoseconds, at which it fires, once it is registered; `u64::MAX`: never.
    fires_at: Option<u64>,
    armed: Option<(TimerKey, Waker)>,
    /// Whether it was waited for: the first time there is a scheduling point.
    polled: bool,
}

impl Sleep {
    #[track_caller]
    pub(super) fn new(deadline: Instant) -> Sleep {
        let place = Location::caller();
        let (execution, runtime, real) = match coyote_engine::current() {
            Some(cx) => (cx.id(), context::require_time(cx), None),
            None => (0, None, Some(::tokio::time::sleep_until(deadline.into_real()))),
        };
        let model = Model { place, execution, runtime, fires_at: None, armed: None, polled: false };
        Sleep { deadline, model, real, pinned: PhantomPinned }
    }

    /// Returns the instant at which the future is ready.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Returns whether the deadline has passed, for a future that was polled or reset.
    pub fn is_elapsed(&self) -> bool {
        match &self.real {
            Some(real) => real.is_elapsed(),
            None => self.model.is_elapsed(),
        }
    }

    /// Gives it another deadline.
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.project();
        *this.deadline = deadline;
        match this.real.as_pin_mut() {
            Some(real) => real.reset(deadline.into_real()),
            None => this.model.register(deadline),
        }
    }

    /// Gives it another deadline, with a timer that is registered only when it is polled; under control.
    pub(super) fn reset_without_timer(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.project();
        *this.deadline = deadline;
        this.model.unregister();
    }

    /// As `poll`, but no scheduling point: it is a part of another operation.
    pub(super) fn poll_quietly(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        match this.real.as_pin_mut() {
            Some(real) => real.poll(cx),
            None => this.model.poll(*this.deadline, cx),
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.as_mut().project();
        if this.real.is_none() && !this.model.polled {
            this.model.polled = true;
            if let Some(execution) = this.model.here() {
                execution.point(Op::local(OpKind::Sleep, this.model.place));
            }
        }
        self.poll_quietly(cx)
    }
}

impl Model {
    /// Returns the execution that runs here, if the timer belongs to it.
    fn here(&self) -> Option<coyote_engine::Context> {
        coyote_engine::current().filter(|cx| cx.id() == self.execution)
    }

    /// The clock that it follows.
    fn clock(&self) -> ClockId {
        self.runtime.as_ref().map_or(ClockId::VIRTUAL, |core| core.clock)
    }

    fn is_elapsed(&self) -> bool {
        match (self.fires_at, self.here()) {
            (Some(at), Some(cx)) => cx.now_of(self.clock()) >= at,
            _ => false,
        }
    }

    /// Registers the deadline; a waker that is known is woken at that.
    fn register(&mut self, deadline: Instant) {
        let Some(cx) = self.here() else { return };
        let now = cx.now_of(self.clock());
        // What is at least as far away as the longest delay stands for "never".
        let never = now.saturating_add(u64::try_from(FAR.as_nanos()).unwrap_or(u64::MAX));
        let at = match deadline.virtual_nanos() {
            // A paused clock gets that far.
            Some(at) if at < never || cx.is_frozen(self.clock()) => {
                at.checked_next_multiple_of(TICK).unwrap_or(u64::MAX)
            }
            _ => u64::MAX,
        };
        self.fires_at = Some(at);
        if let Some((key, waker)) = self.armed.take() {
            cx.cancel_timer(key);
            self.arm(cx, at, waker);
        }
    }

    fn arm(&mut self, cx: coyote_engine::Context, at: u64, waker: Waker) {
        if at < u64::MAX {
            self.armed = Some((cx.arm_on(self.clock(), at, waker.clone()), waker));
        }
    }

    fn unregister(&mut self) {
        self.polled = false;
        self.fires_at = None;
        if let (Some((key, _)), Some(cx)) = (self.armed.take(), self.here()) {
            cx.cancel_timer(key);
        }
    }

    fn poll(&mut self, deadline: Instant, poll: &mut Context<'_>) -> Poll<()> {
        let Some(cx) = self.here() else {
            panic!("a `Sleep` was polled outside of the execution that it was created in");
        };
        let unit = ready!(coop::poll_proceed(poll));
        if self.runtime.as_ref().is_some_and(|core| core.is_shut_down()) {
            panic!("A Tokio 1.x context was found, but it is being shutdown.");
        }
        if self.fires_at.is_none() {
            self.register(deadline);
        }
        let at = self.fires_at.unwrap_or(u64::MAX);
        if cx.now_of(self.clock()) >= at {
            self.armed = None;
            cx.observed(at);
            unit.made_progress();
            return Poll::Ready(());
        }
        if !self.armed.as_ref().is_some_and(|(_, waker)| waker.will_wake(poll.waker())) {
            if let Some((key, _)) = self.armed.take() {
                cx.cancel_timer(key);
            }
            self.arm(cx, at, poll.waker().clone());
        }
        cx.note_wait(Op::local(OpKind::Sleep, self.place), poll.waker());
        Poll::Pending
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        if let (Some((key, _)), Some(cx)) = (self.armed.take(), self.here()) {
            cx.cancel_timer(key);
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
