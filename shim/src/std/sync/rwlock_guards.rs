//! The guards of [`RwLock`](super::RwLock).
//!
//! Their fields are dropped in order: first the scheduling point, then the real lock is given back,
//! then the gates open; all of it even if the point unwinds.

use ::std::fmt;
use ::std::ops::{Deref, DerefMut};
use ::std::sync as real;
use ::std::sync::{LockResult, PoisonError};

use coyote_engine::{Gate, OpKind};

use super::hold::{self, Hold, PointOnDrop};

/// Shared access to the data of a [`RwLock`](super::RwLock); dropped, it gives the lock back.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockReadGuard<'a, T: ?Sized + 'a> {
    #[expect(dead_code, reason = "dropped first")]
    point: PointOnDrop,
    real: real::RwLockReadGuard<'a, T>,
    #[expect(dead_code, reason = "dropped last")]
    release: ReleaseShared,
}

/// Exclusive access to the data of a [`RwLock`](super::RwLock); dropped, it gives the lock back.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    #[expect(dead_code, reason = "dropped first")]
    point: PointOnDrop,
    real: real::RwLockWriteGuard<'a, T>,
    #[expect(dead_code, reason = "dropped last")]
    release: ReleaseExclusive<'a, T>,
}

/// Opens the gate for writers after the last reader.
struct ReleaseShared(Hold);

impl Drop for ReleaseShared {
    fn drop(&mut self) {
        if let Some(cx) = self.0.context() {
            cx.remove_sharer(self.0.object());
            if cx.sharers(self.0.object()) == 0 {
                cx.set_gate(self.0.object(), Gate::Exclusive, true);
            }
        }
    }
}

/// Opens both gates after a writer.
struct ReleaseExclusive<'a, T: ?Sized> {
    inner: &'a real::RwLock<T>,
    hold: Hold,
    poisoned: bool,
}

impl<T: ?Sized> Drop for ReleaseExclusive<'_, T> {
    fn drop(&mut self) {
        if let Some(cx) = self.hold.context() {
            // A task that is only cancelled has not panicked as far as the program is concerned.
            if cx.is_cancelling() && !self.poisoned {
                self.inner.clear_poison();
            }
            hold::given_back(cx, self.hold.object());
            cx.set_gate(self.hold.object(), Gate::Shared, true);
        }
    }
}

fn split<G>(result: LockResult<G>) -> (G, bool) {
    match result {
        Ok(guard) => (guard, false),
        Err(poison) => (poison.into_inner(), true),
    }
}

fn join<G>(guard: G, poisoned: bool) -> LockResult<G> {
    if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
}

pub(super) fn wrap_read<T: ?Sized>(
    result: LockResult<real::RwLockReadGuard<'_, T>>,
    hold: Hold,
) -> LockResult<RwLockReadGuard<'_, T>> {
    let (real, poisoned) = split(result);
    let point = PointOnDrop { hold, kind: OpKind::ReadUnlock };
    join(RwLockReadGuard { point, real, release: ReleaseShared(hold) }, poisoned)
}

pub(super) fn wrap_write<'a, T: ?Sized>(
    inner: &'a real::RwLock<T>,
    result: LockResult<real::RwLockWriteGuard<'a, T>>,
    hold: Hold,
) -> LockResult<RwLockWriteGuard<'a, T>> {
    let (real, poisoned) = split(result);
    let point = PointOnDrop { hold, kind: OpKind::WriteUnlock };
    join(RwLockWriteGuard { point, real, release: ReleaseExclusive { inner, hold, poisoned } }, poisoned)
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.real
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.real
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.real
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
