//! The queue of permits under `Mutex`, `RwLock`, `Semaphore` and `OnceCell`: a real tokio semaphore,
//! with scheduling points, and holders for reports.
//!
//! tokio builds its locks on a semaphore too; so order of service, hand-over and cancellation are the
//! real ones. Nothing here is generic over what is locked.

use ::std::future::Future;
use ::std::sync::Arc;

use ::tokio::sync::{AcquireError, Semaphore, SemaphorePermit, TryAcquireError};
use coyote_engine::{Access, Context, Guard, ObjectCell, ObjectId, Op, OpKind, current};

use super::steer::{Acquire, Act, block_on, blocks_outside};
use crate::support::Place;

/// A way of holding permits.
pub(super) struct How {
    pub(super) take: Act,
    pub(super) try_take: OpKind,
    pub(super) give: OpKind,
    pub(super) exclusive: bool,
    /// Whether anyone may give back what was taken, so that holders mean little.
    pub(super) movable: bool,
}

/// A semaphore that is an object of the execution.
pub(super) struct RawLock {
    pub(super) cell: ObjectCell,
    pub(super) real: Semaphore,
}

impl RawLock {
    #[track_caller]
    pub(super) fn new(permits: usize) -> Self {
        RawLock { cell: ObjectCell::new(), real: Semaphore::new(permits) }
    }

    #[track_caller]
    pub(super) const fn const_new(permits: usize) -> Self {
        RawLock { cell: ObjectCell::new(), real: Semaphore::const_new(permits) }
    }

    /// Takes permits, which are then to be given back with [`RawLock::release`].
    pub(super) async fn acquire(
        &self,
        how: &'static How,
        permits: u32,
        owned: bool,
        place: Place,
    ) -> Result<(), AcquireError> {
        let real = self.real.acquire_many(permits);
        let permit: SemaphorePermit<'_> = Acquire::new(&self.cell, &how.take, place, real).await?;
        permit.forget();
        if permits > 0 {
            self.taken(how, how.take.kind, owned, place);
        }
        Ok(())
    }

    /// Takes permits if they are there.
    pub(super) fn try_acquire(
        &self,
        how: &'static How,
        permits: u32,
        owned: bool,
        place: Place,
    ) -> Result<(), TryAcquireError> {
        if let Some(cx) = current() {
            self.point(cx, how, how.try_take, Access::Acquire, place);
        }
        self.real.try_acquire_many(permits)?.forget();
        if permits > 0 {
            self.taken(how, how.try_take, owned, place);
        }
        Ok(())
    }

    /// Takes permits, waiting with the thread's stack.
    #[track_caller]
    pub(super) fn blocking_acquire(
        &self,
        how: &'static How,
        permits: u32,
        owned: bool,
        place: Place,
    ) -> Result<(), AcquireError> {
        if let Some(cx) = current() {
            return block_on(cx, place, self.acquire(how, permits, owned, place));
        }
        if self.real.available_permits() < permits as usize {
            blocks_outside(&self.cell, how.take.what, place);
        }
        self.real.blocking_acquire_many(permits)?.forget();
        Ok(())
    }

    /// Notes who has the permits that were just taken.
    pub(super) fn taken(&self, how: &How, kind: OpKind, owned: bool, place: Place) {
        let Some(cx) = current() else { return };
        let object = cx.object(&self.cell, how.take.what);
        if owned || how.movable {
            cx.holders_may_move(object);
        }
        let guard = if how.exclusive { Guard::AsyncLock } else { Guard::AsyncShared };
        cx.took(Op::new(kind, object, Access::Acquire, place), guard);
    }

    /// Notes that the current task, or another, no longer has them.
    pub(super) fn left(&self, how: &How) {
        let Some(cx) = current() else { return };
        let object = cx.object(&self.cell, how.take.what);
        if how.exclusive { cx.gave(object) } else { cx.gave_shared(object) }
    }

    /// Gives permits back.
    pub(super) fn release(&self, how: &How, permits: u32, place: Place) {
        /// Gives back even if the point unwinds.
        struct Give<'a>(&'a RawLock, &'a How, u32);
        impl Drop for Give<'_> {
            fn drop(&mut self) {
                self.0.left(self.1);
                self.0.real.add_permits(self.2 as usize);
            }
        }
        let _give = Give(self, how, permits);
        if let Some(cx) = current() {
            self.point(cx, how, how.give, Access::Release, place);
        }
    }

    pub(super) fn point(
        &self,
        cx: Context,
        how: &How,
        kind: OpKind,
        access: Access,
        place: Place,
    ) -> ObjectId {
        let object = cx.object(&self.cell, how.take.what);
        cx.point(Op::new(kind, object, access, place));
        object
    }
}

/// Permits of a lock that is borrowed, given back when dropped.
pub(super) struct Held<'a> {
    raw: &'a RawLock,
    how: &'static How,
    permits: u32,
    place: Place,
}

impl<'a> Held<'a> {
    pub(super) fn new(raw: &'a RawLock, how: &'static How, permits: u32, place: Place) -> Self {
        Held { raw, how, permits, place }
    }

    /// Never gives the permits back: the lock is of no use any more.
    pub(super) fn forget(self) {
        ::std::mem::forget(self);
    }

    /// Gives all but one permit back, and holds that one `how`.
    pub(super) fn downgrade(&mut self, how: &'static How, place: Place) {
        downgrade(self.raw, &mut self.how, &mut self.permits, how, place);
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.raw.release(self.how, self.permits, self.place);
    }
}

/// What has a [`RawLock`] in it.
pub(super) trait Locked {
    fn raw(&self) -> &RawLock;
}

/// Permits of a lock that is owned, given back when dropped.
pub(super) struct OwnedHeld<L: Locked + ?Sized> {
    lock: Arc<L>,
    how: &'static How,
    permits: u32,
    place: Place,
}

impl<L: Locked + ?Sized> OwnedHeld<L> {
    pub(super) fn new(lock: Arc<L>, how: &'static How, permits: u32, place: Place) -> Self {
        OwnedHeld { lock, how, permits, place }
    }

    pub(super) fn lock(&self) -> &Arc<L> {
        &self.lock
    }

    pub(super) fn downgrade(&mut self, how: &'static How, place: Place) {
        let raw = self.lock.raw();
        downgrade(raw, &mut self.how, &mut self.permits, how, place);
        if let Some(cx) = current() {
            cx.holders_may_move(cx.object(&raw.cell, how.take.what));
        }
    }
}

impl<L: Locked + ?Sized> Drop for OwnedHeld<L> {
    fn drop(&mut self) {
        self.lock.raw().release(self.how, self.permits, self.place);
    }
}

fn downgrade(raw: &RawLock, old: &mut &'static How, permits: &mut u32, how: &'static How, place: Place) {
    if let Some(cx) = current() {
        raw.point(cx, old, old.give, Access::Release, place);
    }
    raw.left(old);
    raw.taken(how, how.try_take, false, place);
    raw.real.add_permits((*permits - 1) as usize);
    *old = how;
    *permits = 1;
}

/// Waits for permits that are never refused.
pub(super) async fn acquired(wait: impl Future<Output = Result<(), AcquireError>>) {
    if wait.await.is_err() {
        unreachable!("the semaphore of a lock is never closed");
    }
}

/// Writes the traits that all guards have.
macro_rules! guard_traits {
    ([$($generics:tt)*] $guard:ty => $target:ty, |$this:ident| $pointer:expr) => {
        impl<$($generics)*> ::std::ops::Deref for $guard {
            type Target = $target;

            fn deref(&self) -> &$target {
                let $this = self;
                // SAFETY: the guard holds the lock, so nobody changes the value but through it; the
                // pointer is into the value, which the lock's borrow or `Arc` keeps alive.
                unsafe { &*$pointer }
            }
        }

        impl<$($generics)*> ::std::fmt::Debug for $guard
        where
            $target: ::std::fmt::Debug,
        {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(&**self, f)
            }
        }

        impl<$($generics)*> ::std::fmt::Display for $guard
        where
            $target: ::std::fmt::Display,
        {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&**self, f)
            }
        }
    };
    (mut [$($generics:tt)*] $guard:ty => $target:ty, |$this:ident| $pointer:expr) => {
        guard_traits!([$($generics)*] $guard => $target, |$this| $pointer);

        impl<$($generics)*> ::std::ops::DerefMut for $guard {
            fn deref_mut(&mut self) -> &mut $target {
                let $this = self;
                // SAFETY: as in `deref`; the guard holds the lock exclusively, and is borrowed so.
                unsafe { &mut *$pointer }
            }
        }
    };
}
pub(super) use guard_traits;
