//! The mirror of `std::sync::{Mutex, MutexGuard}`.

use ::std::fmt;
use ::std::ops::{Deref, DerefMut};
use ::std::sync as real;
use ::std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use coyote_engine::{Access, Context, Gate, ObjectCell, ObjectId, OpKind, current};

use super::hold::{self, Hold, PointOnDrop, here};
use crate::support::{Place, point_on};

const WHAT: &str = "Mutex";

/// Mutual exclusion, as [`std::sync::Mutex`](::std::sync::Mutex).
pub struct Mutex<T: ?Sized> {
    object: ObjectCell,
    inner: real::Mutex<T>,
}

impl<T> Mutex<T> {
    /// Creates an unlocked mutex.
    #[track_caller]
    #[inline]
    pub const fn new(value: T) -> Mutex<T> {
        Mutex { object: ObjectCell::new(), inner: real::Mutex::new(value) }
    }

    /// Consumes the mutex and returns its data.
    ///
    /// # Errors
    /// Returns the data in an error if the mutex is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Locks, blocking the current thread until that is possible.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let place = here();
        match current() {
            Some(cx) => {
                let object = hold::wait_for(cx, &self.object, WHAT, (OpKind::Lock, Gate::Exclusive), place);
                self.take(cx, object, place)
            }
            None => self.wrap(self.lock_for_real(place), Hold::uncontrolled(place)),
        }
    }

    /// Locks if nobody has the lock.
    ///
    /// # Errors
    /// Returns `WouldBlock` if somebody has it, and the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let place = here();
        let hold = match current() {
            Some(cx) => {
                let object = point_on(cx, &self.object, WHAT, OpKind::TryLock, Access::Acquire, place);
                Hold::new(cx, object, place)
            }
            None => Hold::uncontrolled(place),
        };
        let Some(result) = hold::tried(self.inner.try_lock()) else { return Err(TryLockError::WouldBlock) };
        if let Some(cx) = hold.context() {
            hold::taken(cx, hold.object());
        }
        self.wrap(result, hold).map_err(TryLockError::Poisoned)
    }

    /// Returns whether a thread panicked while it held the lock.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        if let Some(cx) = current() {
            point_on(cx, &self.object, WHAT, OpKind::Inspect, Access::Read, here());
        }
        self.inner.is_poisoned()
    }

    /// Makes the mutex count as not poisoned.
    #[track_caller]
    pub fn clear_poison(&self) {
        if let Some(cx) = current() {
            point_on(cx, &self.object, WHAT, OpKind::Store, Access::Write, here());
        }
        self.inner.clear_poison();
    }

    /// Returns the data: no lock is needed.
    ///
    /// # Errors
    /// Returns the data in an error if the mutex is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    /// Takes the lock, whose gate is open, it being the current task's turn.
    pub(super) fn take(&self, cx: Context, object: ObjectId, place: Place) -> LockResult<MutexGuard<'_, T>> {
        let attempt = || hold::tried(self.inner.try_lock());
        let result = match attempt() {
            Some(result) => result,
            None => hold::block_for_real(cx, WHAT, place, &attempt),
        };
        hold::taken(cx, object);
        self.wrap(result, Hold::new(cx, object, place))
    }

    fn lock_for_real(&self, place: Place) -> LockResult<real::MutexGuard<'_, T>> {
        hold::tried(self.inner.try_lock()).unwrap_or_else(|| {
            hold::foreign_blocks(&self.object, Gate::Exclusive, WHAT, place);
            self.inner.lock()
        })
    }

    /// Makes a guard of the real one.
    pub(super) fn wrap<'a>(
        &'a self,
        result: LockResult<real::MutexGuard<'a, T>>,
        hold: Hold,
    ) -> LockResult<MutexGuard<'a, T>> {
        let (real, poisoned) = match result {
            Ok(real) => (real, false),
            Err(poison) => (poison.into_inner(), true),
        };
        let guard = MutexGuard {
            point: PointOnDrop { hold, kind: OpKind::Unlock },
            real,
            release: Release { mutex: self, hold, poisoned },
        };
        if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
    }
}

/// Data locked by a [`Mutex`]; dropped, it gives the lock back.
///
/// The fields are dropped in this order: first the scheduling point, then the real lock is given back,
/// then the gate opens; all of it even if the point unwinds.
#[must_use = "if unused the Mutex will immediately unlock"]
#[clippy::has_significant_drop]
pub struct MutexGuard<'a, T: ?Sized + 'a> {
    point: PointOnDrop,
    real: real::MutexGuard<'a, T>,
    release: Release<'a, T>,
}

/// Opens the gate, the real lock being free.
struct Release<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    hold: Hold,
    /// Whether the mutex was poisoned when it was locked.
    poisoned: bool,
}

impl<T: ?Sized> Drop for Release<'_, T> {
    #[inline]
    fn drop(&mut self) {
        if let Some(cx) = self.hold.context() {
            // A task that is only cancelled has not panicked as far as the program is concerned.
            if cx.is_cancelling() && !self.poisoned {
                self.mutex.inner.clear_poison();
            }
            hold::given_back(cx, self.hold.object());
        }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Returns which lock is held, and since where.
    pub(super) fn hold(&self) -> Hold {
        self.release.hold
    }

    /// Returns the mutex.
    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.release.mutex
    }

    /// Takes a guard that is held outside of control apart.
    pub(super) fn into_real(self) -> real::MutexGuard<'a, T> {
        self.real
    }

    /// Gives the lock back without a scheduling point of its own.
    pub(super) fn release(self) {
        let MutexGuard { point, real, release } = self;
        ::std::mem::forget(point);
        drop(real);
        drop(release);
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.real
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.real
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}
