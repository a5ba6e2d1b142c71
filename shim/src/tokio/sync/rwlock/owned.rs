//! Guards that keep their `RwLock` alive.

use ::std::marker::PhantomData;
use ::std::panic::Location;
use ::std::sync::Arc;

use super::{READ, RwLock};
use crate::tokio::sync::raw_lock::{OwnedHeld, guard_traits};

/// A [`RwLock`] locked for reading, or a part of its value. Dropping it unlocks.
pub struct OwnedRwLockReadGuard<T: ?Sized, U: ?Sized = T> {
    held: OwnedHeld<RwLock<T>>,
    data: *const U,
    marker: PhantomData<T>,
}

/// A [`RwLock`] locked for writing. Dropping it unlocks.
pub struct OwnedRwLockWriteGuard<T: ?Sized> {
    held: OwnedHeld<RwLock<T>>,
    data: *mut T,
    marker: PhantomData<T>,
}

/// A part of the value of a [`RwLock`] locked for writing. Dropping it unlocks.
pub struct OwnedRwLockMappedWriteGuard<T: ?Sized, U: ?Sized = T> {
    held: OwnedHeld<RwLock<T>>,
    data: *mut U,
    marker: PhantomData<T>,
}

// SAFETY: the guard is like `&U` and an `Arc` of the lock.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Sync> Send for OwnedRwLockReadGuard<T, U> {}
// SAFETY: as above; a shared guard gives out `&U` only.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Sync for OwnedRwLockReadGuard<T, U> {}
// SAFETY: the guard is like `&mut T` and an `Arc` of the lock.
unsafe impl<T: ?Sized + Send + Sync> Send for OwnedRwLockWriteGuard<T> {}
// SAFETY: as above; a shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Send + Sync> Sync for OwnedRwLockWriteGuard<T> {}
// SAFETY: as for the unmapped one.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Send for OwnedRwLockMappedWriteGuard<T, U> {}
// SAFETY: as for the unmapped one.
unsafe impl<T: ?Sized + Send + Sync, U: ?Sized + Send + Sync> Sync for OwnedRwLockMappedWriteGuard<T, U> {}

guard_traits!([T: ?Sized, U: ?Sized] OwnedRwLockReadGuard<T, U> => U, |guard| guard.data);
guard_traits!(mut [T: ?Sized] OwnedRwLockWriteGuard<T> => T, |guard| guard.data);
guard_traits!(mut [T: ?Sized, U: ?Sized] OwnedRwLockMappedWriteGuard<T, U> => U, |guard| guard.data);

impl<T: ?Sized> OwnedRwLockReadGuard<T> {
    pub(super) fn new(held: OwnedHeld<RwLock<T>>) -> Self {
        let data = held.lock().value();
        OwnedRwLockReadGuard { held, data, marker: PhantomData }
    }
}

impl<T: ?Sized, U: ?Sized> OwnedRwLockReadGuard<T, U> {
    /// Narrows the guard to a part of the value.
    pub fn map<F, V: ?Sized>(this: Self, f: F) -> OwnedRwLockReadGuard<T, V>
    where
        F: FnOnce(&U) -> &V,
    {
        let data: *const V = f(&*this);
        OwnedRwLockReadGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<F, V: ?Sized>(this: Self, f: F) -> Result<OwnedRwLockReadGuard<T, V>, Self>
    where
        F: FnOnce(&U) -> Option<&V>,
    {
        let data: *const V = match f(&*this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(OwnedRwLockReadGuard { held: this.held, data, marker: PhantomData })
    }

    /// Returns the lock.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        this.held.lock()
    }
}

impl<T: ?Sized> OwnedRwLockWriteGuard<T> {
    pub(super) fn new(held: OwnedHeld<RwLock<T>>) -> Self {
        let data = held.lock().value();
        OwnedRwLockWriteGuard { held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value.
    pub fn map<F, U: ?Sized>(mut this: Self, f: F) -> OwnedRwLockMappedWriteGuard<T, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let data: *mut U = f(&mut *this);
        OwnedRwLockMappedWriteGuard { held: this.held, data, marker: PhantomData }
    }

    /// Makes this a guard for reading a part of the value, without letting a writer in between.
    #[track_caller]
    pub fn downgrade_map<F, U: ?Sized>(mut this: Self, f: F) -> OwnedRwLockReadGuard<T, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let data: *const U = f(&*this);
        this.held.downgrade(&READ, Location::caller());
        OwnedRwLockReadGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<F, U: ?Sized>(mut this: Self, f: F) -> Result<OwnedRwLockMappedWriteGuard<T, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let data: *mut U = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(OwnedRwLockMappedWriteGuard { held: this.held, data, marker: PhantomData })
    }

    /// Like [`OwnedRwLockWriteGuard::downgrade_map`], if `f` finds a part.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    #[track_caller]
    pub fn try_downgrade_map<F, U: ?Sized>(mut this: Self, f: F) -> Result<OwnedRwLockReadGuard<T, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let data: *const U = match f(&*this) {
            Some(data) => data,
            None => return Err(this),
        };
        this.held.downgrade(&READ, Location::caller());
        Ok(OwnedRwLockReadGuard { held: this.held, data, marker: PhantomData })
    }

    /// Makes this a mapped guard of the whole value.
    pub fn into_mapped(this: Self) -> OwnedRwLockMappedWriteGuard<T> {
        OwnedRwLockMappedWriteGuard { held: this.held, data: this.data, marker: PhantomData }
    }

    /// Makes this a guard for reading, without letting a writer in between.
    #[track_caller]
    pub fn downgrade(mut self) -> OwnedRwLockReadGuard<T> {
        self.held.downgrade(&READ, Location::caller());
        OwnedRwLockReadGuard { held: self.held, data: self.data, marker: PhantomData }
    }

    /// Returns the lock.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        this.held.lock()
    }
}

impl<T: ?Sized, U: ?Sized> OwnedRwLockMappedWriteGuard<T, U> {
    /// Narrows the guard to a part of the value.
    pub fn map<F, V: ?Sized>(mut this: Self, f: F) -> OwnedRwLockMappedWriteGuard<T, V>
    where
        F: FnOnce(&mut U) -> &mut V,
    {
        let data: *mut V = f(&mut *this);
        OwnedRwLockMappedWriteGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<F, V: ?Sized>(mut this: Self, f: F) -> Result<OwnedRwLockMappedWriteGuard<T, V>, Self>
    where
        F: FnOnce(&mut U) -> Option<&mut V>,
    {
        let data: *mut V = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(OwnedRwLockMappedWriteGuard { held: this.held, data, marker: PhantomData })
    }

    /// Returns the lock.
    pub fn rwlock(this: &Self) -> &Arc<RwLock<T>> {
        this.held.lock()
    }
}
