//! The mirror of `std::sync::RwLock`.
//!
//! Writers wait at the exclusive gate, open while there is neither writer nor reader; readers at the
//! shared gate, open while there is no writer. A waiting writer does not keep readers out: std promises
//! neither order.

use ::std::fmt;
use ::std::sync as real;
use ::std::sync::{LockResult, TryLockError, TryLockResult};

use coyote_engine::{Access, Context, Gate, ObjectCell, ObjectId, OpKind, current};

use super::hold::{self, Hold, Tried, here};
use super::rwlock_guards::{RwLockReadGuard, RwLockWriteGuard, wrap_read, wrap_write};
use crate::support::point_on;

const WHAT: &str = "RwLock";

/// A reader-writer lock, as [`std::sync::RwLock`](::std::sync::RwLock).
pub struct RwLock<T: ?Sized> {
    object: ObjectCell,
    inner: real::RwLock<T>,
}

impl<T> RwLock<T> {
    /// Creates an unlocked lock.
    #[track_caller]
    #[inline]
    pub const fn new(value: T) -> RwLock<T> {
        RwLock { object: ObjectCell::new(), inner: real::RwLock::new(value) }
    }

    /// Consumes the lock and returns its data.
    ///
    /// # Errors
    /// Returns the data in an error if the lock is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Locks for reading, blocking the current thread until that is possible.
    ///
    /// # Errors
    /// Returns the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let place = here();
        let attempt = || hold::tried(self.inner.try_read());
        let Some(cx) = current() else {
            let result = attempt().unwrap_or_else(|| {
                hold::foreign_blocks(&self.object, Gate::Shared, WHAT, place);
                self.inner.read()
            });
            return wrap_read(result, Hold::uncontrolled(place));
        };
        let object = hold::wait_for(cx, &self.object, WHAT, (OpKind::ReadLock, Gate::Shared), place);
        let result = match attempt() {
            Some(result) => result,
            None => hold::block_for_real(cx, WHAT, place, &attempt),
        };
        shared(cx, object);
        wrap_read(result, Hold::new(cx, object, place))
    }

    /// Locks for reading if no writer has the lock.
    ///
    /// # Errors
    /// Returns `WouldBlock` if a writer has it, and the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let hold = self.before_try(OpKind::TryReadLock);
        let result = hold::tried(self.inner.try_read()).ok_or(TryLockError::WouldBlock)?;
        if let Some(cx) = hold.context() {
            shared(cx, hold.object());
        }
        wrap_read(result, hold).map_err(TryLockError::Poisoned)
    }

    /// Locks for writing, blocking the current thread until that is possible.
    ///
    /// # Errors
    /// Returns the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let place = here();
        let attempt = || hold::tried(self.inner.try_write());
        let Some(cx) = current() else {
            let result = attempt().unwrap_or_else(|| {
                hold::foreign_blocks(&self.object, Gate::Exclusive, WHAT, place);
                self.inner.write()
            });
            return wrap_write(&self.inner, result, Hold::uncontrolled(place));
        };
        let object = hold::wait_for(cx, &self.object, WHAT, (OpKind::WriteLock, Gate::Exclusive), place);
        let result = match attempt() {
            Some(result) => result,
            None => hold::block_for_real(cx, WHAT, place, &attempt),
        };
        exclusive(cx, object);
        wrap_write(&self.inner, result, Hold::new(cx, object, place))
    }

    /// Locks for writing if nobody has the lock.
    ///
    /// # Errors
    /// Returns `WouldBlock` if somebody has it, and the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let hold = self.before_try(OpKind::TryWriteLock);
        let result: Tried<_> = hold::tried(self.inner.try_write());
        let result = result.ok_or(TryLockError::WouldBlock)?;
        if let Some(cx) = hold.context() {
            exclusive(cx, hold.object());
        }
        wrap_write(&self.inner, result, hold).map_err(TryLockError::Poisoned)
    }

    /// Returns whether a thread panicked while it held the lock for writing.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        if let Some(cx) = current() {
            point_on(cx, &self.object, WHAT, OpKind::Inspect, Access::Read, here());
        }
        self.inner.is_poisoned()
    }

    /// Makes the lock count as not poisoned.
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
    /// Returns the data in an error if the lock is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.inner.get_mut()
    }

    #[track_caller]
    fn before_try(&self, kind: OpKind) -> Hold {
        let place = here();
        match current() {
            Some(cx) => Hold::new(cx, point_on(cx, &self.object, WHAT, kind, Access::Acquire, place), place),
            None => Hold::uncontrolled(place),
        }
    }
}

/// Notes that the current task has the lock, with other readers perhaps.
fn shared(cx: Context, object: ObjectId) {
    cx.set_gate(object, Gate::Exclusive, false);
    cx.add_sharer(object);
}

/// Notes that the current task has the lock alone.
fn exclusive(cx: Context, object: ObjectId) {
    hold::taken(cx, object);
    cx.set_gate(object, Gate::Shared, false);
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}
