//! What locking a `Mutex` gives. Dropping any of these unlocks it.

use ::std::marker::PhantomData;
use ::std::sync::Arc;

use super::Mutex;
use crate::tokio::sync::raw_lock::{Held, OwnedHeld, guard_traits};

/// A locked [`Mutex`], borrowed.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    held: Held<'a>,
    lock: &'a Mutex<T>,
}

/// A locked [`Mutex`], kept alive.
pub struct OwnedMutexGuard<T: ?Sized> {
    held: OwnedHeld<Mutex<T>>,
}

/// A part of the value of a locked [`Mutex`], borrowed.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MappedMutexGuard<'a, T: ?Sized> {
    held: Held<'a>,
    data: *mut T,
    marker: PhantomData<&'a mut T>,
}

/// A part of the value of a locked [`Mutex`], which is kept alive.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct OwnedMappedMutexGuard<T: ?Sized, U: ?Sized = T> {
    held: OwnedHeld<Mutex<T>>,
    data: *mut U,
}

// SAFETY: a shared guard gives out `&T` only; `Send` too, as tokio asks.
unsafe impl<T: ?Sized + Send + Sync> Sync for MutexGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedMutexGuard<T> {}
// SAFETY: as above; the pointer is to a part of the value.
unsafe impl<'a, T: ?Sized + Sync + 'a> Sync for MappedMutexGuard<'a, T> {}
// SAFETY: the guard is like `&mut T`; the lock may be given back on any thread.
unsafe impl<'a, T: ?Sized + Send + 'a> Send for MappedMutexGuard<'a, T> {}
// SAFETY: as for the borrowed one.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Sync for OwnedMappedMutexGuard<T, U> {}
// SAFETY: as for the borrowed one; the last reference to the mutex may go with it.
unsafe impl<T: ?Sized + Send, U: ?Sized + Send> Send for OwnedMappedMutexGuard<T, U> {}

guard_traits!(mut [T: ?Sized] MutexGuard<'_, T> => T, |guard| guard.lock.value());
guard_traits!(mut [T: ?Sized] OwnedMutexGuard<T> => T, |guard| guard.held.lock().value());
guard_traits!(mut [T: ?Sized] MappedMutexGuard<'_, T> => T, |guard| guard.data);
guard_traits!(mut [T: ?Sized, U: ?Sized] OwnedMappedMutexGuard<T, U> => U, |guard| guard.data);

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    pub(super) fn new(held: Held<'a>, lock: &'a Mutex<T>) -> Self {
        MutexGuard { held, lock }
    }

    /// Narrows the guard to a part of the value.
    pub fn map<U, F>(mut this: Self, f: F) -> MappedMutexGuard<'a, U>
    where
        U: ?Sized,
        F: FnOnce(&mut T) -> &mut U,
    {
        let data: *mut U = f(&mut *this);
        MappedMutexGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<U, F>(mut this: Self, f: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        U: ?Sized,
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let data: *mut U = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(MappedMutexGuard { held: this.held, data, marker: PhantomData })
    }

    /// Returns the mutex.
    pub fn mutex(this: &Self) -> &'a Mutex<T> {
        this.lock
    }
}

impl<T: ?Sized> OwnedMutexGuard<T> {
    pub(super) fn new(held: OwnedHeld<Mutex<T>>) -> Self {
        OwnedMutexGuard { held }
    }

    /// Narrows the guard to a part of the value.
    pub fn map<U, F>(mut this: Self, f: F) -> OwnedMappedMutexGuard<T, U>
    where
        U: ?Sized,
        F: FnOnce(&mut T) -> &mut U,
    {
        let data: *mut U = f(&mut *this);
        OwnedMappedMutexGuard { held: this.held, data }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<U, F>(mut this: Self, f: F) -> Result<OwnedMappedMutexGuard<T, U>, Self>
    where
        U: ?Sized,
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let data: *mut U = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(OwnedMappedMutexGuard { held: this.held, data })
    }

    /// Returns the mutex.
    pub fn mutex(this: &Self) -> &Arc<Mutex<T>> {
        this.held.lock()
    }
}

impl<'a, T: ?Sized> MappedMutexGuard<'a, T> {
    /// Narrows the guard to a part of the value.
    pub fn map<U, F>(mut this: Self, f: F) -> MappedMutexGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let data: *mut U = f(&mut *this);
        MappedMutexGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<U, F>(mut this: Self, f: F) -> Result<MappedMutexGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let data: *mut U = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(MappedMutexGuard { held: this.held, data, marker: PhantomData })
    }
}

impl<T: ?Sized, U: ?Sized> OwnedMappedMutexGuard<T, U> {
    /// Narrows the guard to a part of the value.
    pub fn map<S, F>(mut this: Self, f: F) -> OwnedMappedMutexGuard<T, S>
    where
        F: FnOnce(&mut U) -> &mut S,
    {
        let data: *mut S = f(&mut *this);
        OwnedMappedMutexGuard { held: this.held, data }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<S, F>(mut this: Self, f: F) -> Result<OwnedMappedMutexGuard<T, S>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut S>,
    {
        let data: *mut S = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(OwnedMappedMutexGuard { held: this.held, data })
    }
}
