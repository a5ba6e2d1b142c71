//! A [`RwLock`]'s data and the guards that give access to it.

#![expect(unsafe_code, reason = "the data lies beside a lock without data")]

use ::std::cell::UnsafeCell;
use ::std::fmt;
use ::std::marker::PhantomData;
use ::std::ops::{Deref, DerefMut};
use ::std::ptr::NonNull;
use ::std::sync::LockResult;

use super::hold::here;
use super::raw_mutex::lock_result;
use super::raw_rwlock::{RawRead, RawRwLock, RawWrite};

/// A reader-writer lock, as [`std::sync::RwLock`](::std::sync::RwLock).
pub struct RwLock<T: ?Sized> {
    raw: RawRwLock,
    data: UnsafeCell<T>,
}

// SAFETY: owning the lock is owning the data; the lock itself may change threads.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: shared, it gives the data to one thread at a time, or `&T` to several.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

/// Shared access to the data of a [`RwLock`]; dropped, it gives the lock back.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockReadGuard<'a, T: ?Sized + 'a> {
    raw: RawRead<'a>,
    /// The lock's data; not a reference, which would have to be valid to the end of a function that
    /// takes the guard.
    data: NonNull<T>,
}

/// Exclusive access to the data of a [`RwLock`]; dropped, it gives the lock back.
#[must_use = "if unused the RwLock will immediately unlock"]
#[clippy::has_significant_drop]
pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    raw: RawWrite<'a>,
    lock: &'a RwLock<T>,
    /// Sharing the guard shares the data; sharing the lock is something else.
    not_sync: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives out `&T` and nothing else; the rest of it may be shared.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<T> RwLock<T> {
    /// Creates an unlocked lock.
    #[track_caller]
    #[inline]
    pub const fn new(value: T) -> RwLock<T> {
        RwLock { raw: RawRwLock::new(), data: UnsafeCell::new(value) }
    }

    /// Consumes the lock and returns its data.
    ///
    /// # Errors
    /// Returns the data in an error if the lock is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        lock_result(self.data.into_inner(), self.raw.is_poisoned_now())
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Returns the data: no lock is needed.
    ///
    /// # Errors
    /// Returns the data in an error if the lock is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        lock_result(self.data.get_mut(), self.raw.is_poisoned_now())
    }

    #[inline]
    pub(super) fn raw(&self) -> &RawRwLock {
        &self.raw
    }

    /// Makes a guard. `raw` must be a hold of this very lock, as it is in the callers.
    #[inline]
    pub(super) fn read_guard<'a>(&'a self, raw: RawRead<'a>) -> LockResult<RwLockReadGuard<'a, T>> {
        let poisoned = raw.poisoned();
        lock_result(RwLockReadGuard { raw, data: self.pointer() }, poisoned)
    }

    /// Makes a guard. `raw` must be a hold of this very lock, as it is in the callers.
    #[inline]
    pub(super) fn write_guard<'a>(&'a self, raw: RawWrite<'a>) -> LockResult<RwLockWriteGuard<'a, T>> {
        let poisoned = raw.poisoned();
        lock_result(RwLockWriteGuard { raw, lock: self, not_sync: PhantomData }, poisoned)
    }

    #[inline]
    fn pointer(&self) -> NonNull<T> {
        // SAFETY: a cell's address is not null.
        unsafe { NonNull::new_unchecked(self.data.get()) }
    }
}

impl<'a, T: ?Sized> RwLockReadGuard<'a, T> {
    /// Takes the hold off the data.
    pub(super) fn into_raw(self) -> RawRead<'a> {
        self.raw
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// Makes a guard for reading of one for writing; no other writer comes between.
    #[track_caller]
    pub fn downgrade(s: Self) -> RwLockReadGuard<'a, T> {
        let data = s.lock.pointer();
        RwLockReadGuard { raw: s.raw.downgrade(here()), data }
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: `raw` holds the lock for reading, so that nobody has a `&mut` to the data; and the
        // lock is borrowed as long as the guard lives.
        unsafe { self.data.as_ref() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: `raw` holds the lock for writing, so that nobody else refers to the data.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as above; and the guard is borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
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
