//! The mirror of `std::sync::RwLock`.
//!
//! What is generic here is thin, for it is compiled in the user's crate, which is rarely optimised: all
//! else is in [`RawRwLock`](super::raw_rwlock::RawRwLock).

use ::std::fmt;
use ::std::panic::{RefUnwindSafe, UnwindSafe};
use ::std::sync::{LockResult, TryLockError, TryLockResult};

use super::hold::here;
use super::rwlock_guards::{RwLockReadGuard, RwLockWriteGuard};

pub use super::rwlock_guards::RwLock;

impl<T: ?Sized> UnwindSafe for RwLock<T> {}
impl<T: ?Sized> RefUnwindSafe for RwLock<T> {}

impl<T: ?Sized> RwLock<T> {
    /// Locks for reading, blocking the current thread until that is possible.
    ///
    /// # Errors
    /// Returns the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        self.read_guard(self.raw().read(here()))
    }

    /// Locks for reading if no writer has the lock. Under control it may also fail while a writer waits
    /// for other readers.
    ///
    /// # Errors
    /// Returns `WouldBlock` if a writer has it, and the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        match self.raw().try_read(here()) {
            Some(raw) => self.read_guard(raw).map_err(TryLockError::Poisoned),
            None => Err(TryLockError::WouldBlock),
        }
    }

    /// Locks for writing, blocking the current thread until that is possible.
    ///
    /// # Errors
    /// Returns the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        self.write_guard(self.raw().write(here()))
    }

    /// Locks for writing if nobody has the lock.
    ///
    /// # Errors
    /// Returns `WouldBlock` if somebody has it, and the guard in an error if the lock is poisoned.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        match self.raw().try_write(here()) {
            Some(raw) => self.write_guard(raw).map_err(TryLockError::Poisoned),
            None => Err(TryLockError::WouldBlock),
        }
    }

    /// Returns whether a thread panicked while it held the lock for writing.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.raw().is_poisoned(here())
    }

    /// Makes the lock count as not poisoned.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.raw().clear_poison(here());
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = f.debug_struct("RwLock");
        match self.raw().peek(here()) {
            Some(raw) => {
                let (Ok(guard) | Err(guard)) =
                    self.read_guard(raw).map_err(::std::sync::PoisonError::into_inner);
                parts.field("data", &&*guard);
                guard.into_raw().release();
            }
            None => drop(parts.field("data", &format_args!("<locked>"))),
        }
        parts.field("poisoned", &self.raw().is_poisoned_now());
        parts.finish_non_exhaustive()
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
