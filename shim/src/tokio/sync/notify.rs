//! The mirror of `tokio::sync::Notify`.

#![expect(unsafe_code, reason = "pins the real future beside what steers it")]

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll};

use ::tokio::sync::futures as real;
use coyote_engine::{Access, ObjectCell, OpKind};

use super::steer::{Act, Visit};

const WHAT: &str = "Notify";
/// Being created is seen by `notify_waiters` alone; it changes nothing.
static LISTEN: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);
static WAIT: Act = Act::queued(WHAT, OpKind::Wait, Access::Acquire);
static ONE: Act = Act::new(WHAT, OpKind::NotifyOne, Access::Release);
static ALL: Act = Act::new(WHAT, OpKind::NotifyAll, Access::Release);

/// Notifies one waiting task, or all of them; a notification that finds nobody is kept for the next.
pub struct Notify {
    cell: ObjectCell,
    real: ::tokio::sync::Notify,
}

impl Notify {
    /// Creates one without a notification.
    #[track_caller]
    pub fn new() -> Notify {
        Notify { cell: ObjectCell::new(), real: ::tokio::sync::Notify::new() }
    }

    /// Creates one without a notification, in a constant too.
    #[track_caller]
    pub const fn const_new() -> Notify {
        Notify { cell: ObjectCell::new(), real: ::tokio::sync::Notify::const_new() }
    }

    /// Returns a future that waits for a notification. [`Notify::notify_waiters`] reaches it from now
    /// on, [`Notify::notify_one`] from its first poll on.
    #[track_caller]
    pub fn notified(&self) -> Notified<'_> {
        let place = Location::caller();
        LISTEN.point(&self.cell, place);
        Notified { visit: Visit::new(&self.cell, &WAIT, place), real: self.real.notified() }
    }

    /// Like [`Notify::notified`], with a future that keeps this alive.
    #[track_caller]
    pub fn notified_owned(self: Arc<Self>) -> OwnedNotified {
        // SAFETY: the `Arc` is kept beside what borrows from it, and dropped after that; its target
        // does not move, and is never borrowed mutably while shared.
        let notify: &'static Notify = unsafe { &*Arc::as_ptr(&self) };
        OwnedNotified { inner: notify.notified(), _notify: self }
    }

    /// Notifies the task that waits longest; if there is none, the next one to wait.
    #[track_caller]
    pub fn notify_one(&self) {
        ONE.point(&self.cell, Location::caller());
        self.real.notify_one();
    }

    /// Notifies the task that has waited least; if there is none, the next one to wait.
    #[track_caller]
    pub fn notify_last(&self) {
        ONE.point(&self.cell, Location::caller());
        self.real.notify_last();
    }

    /// Notifies all that wait now.
    #[track_caller]
    pub fn notify_waiters(&self) {
        ALL.point(&self.cell, Location::caller());
        self.real.notify_waiters();
    }
}

impl Default for Notify {
    #[track_caller]
    fn default() -> Notify {
        Notify::new()
    }
}

impl fmt::Debug for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

/// Waits for a notification of a [`Notify`].
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct Notified<'a> {
    // Dropped first: a point comes before the real future leaves its queue.
    visit: Visit<'a>,
    real: real::Notified<'a>,
}

/// Waits for a notification of a [`Notify`], which it keeps alive.
#[must_use = "futures do nothing unless you `.await` or poll them"]
pub struct OwnedNotified {
    // Dropped before what it borrows from.
    inner: Notified<'static>,
    _notify: Arc<Notify>,
}

impl<'a> Notified<'a> {
    fn parts(self: Pin<&mut Self>) -> (&mut Visit<'a>, Pin<&mut real::Notified<'a>>) {
        // SAFETY: `real` is pinned with `self`: it is not moved out, and `Notified` has no destructor
        // of its own. `visit` is not pinned.
        unsafe {
            let this = self.get_unchecked_mut();
            (&mut this.visit, Pin::new_unchecked(&mut this.real))
        }
    }

    /// Begins to wait without being polled. Returns whether there was a notification.
    pub fn enable(self: Pin<&mut Self>) -> bool {
        let (visit, real) = self.parts();
        visit.begin();
        let ready = real.enable();
        if ready {
            visit.end()
        } else {
            visit.hold()
        }
        ready
    }
}

impl Future for Notified<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<()> {
        let (visit, real) = self.parts();
        visit.begin();
        let polled = real.poll(cx);
        if polled.is_ready() {
            visit.end()
        } else {
            visit.wait(cx.waker())
        }
        polled
    }
}

impl OwnedNotified {
    fn inner(self: Pin<&mut Self>) -> Pin<&mut Notified<'static>> {
        // SAFETY: `inner` is pinned with `self`, which has no destructor of its own.
        unsafe { self.map_unchecked_mut(|this| &mut this.inner) }
    }

    /// Begins to wait without being polled. Returns whether there was a notification.
    pub fn enable(self: Pin<&mut Self>) -> bool {
        self.inner().enable()
    }
}

impl Future for OwnedNotified {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut PollContext<'_>) -> Poll<()> {
        self.inner().poll(cx)
    }
}

impl fmt::Debug for Notified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.real, f)
    }
}

impl fmt::Debug for OwnedNotified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.inner.real, f)
    }
}
