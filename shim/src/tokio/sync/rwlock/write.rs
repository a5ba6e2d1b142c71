//! What write-locking a `RwLock` gives.

use ::std::marker::PhantomData;
use ::std::panic::Location;

use super::{READ, RwLockReadGuard};
use crate::tokio::sync::raw_lock::{Held, guard_traits};

/// A [`RwLock`](super::RwLock) locked for writing, borrowed. Dropping it unlocks.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    held: Held<'a>,
    data: *mut T,
    marker: PhantomData<&'a mut T>,
}

/// A part of the value of a [`RwLock`](super::RwLock) locked for writing, borrowed.
pub struct RwLockMappedWriteGuard<'a, T: ?Sized> {
    held: Held<'a>,
    data: *mut T,
    marker: PhantomData<&'a mut T>,
}

// SAFETY: the guard is like `&mut T`, and may turn into a read guard; hence `Sync`.
unsafe impl<T: ?Sized + Send + Sync> Send for RwLockWriteGuard<'_, T> {}
// SAFETY: a shared guard gives out `&T` only.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLockWriteGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Send for RwLockMappedWriteGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLockMappedWriteGuard<'_, T> {}

guard_traits!(mut [T: ?Sized] RwLockWriteGuard<'_, T> => T, |guard| guard.data);
guard_traits!(mut [T: ?Sized] RwLockMappedWriteGuard<'_, T> => T, |guard| guard.data);

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    pub(super) fn new(held: Held<'a>, data: *mut T) -> Self {
        RwLockWriteGuard { held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value.
    pub fn map<F, U: ?Sized>(mut this: Self, f: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let data: *mut U = f(&mut *this);
        RwLockMappedWriteGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<F, U: ?Sized>(mut this: Self, f: F) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let data: *mut U = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(RwLockMappedWriteGuard { held: this.held, data, marker: PhantomData })
    }

    /// Makes this a guard for reading a part of the value, without letting a writer in between.
    #[track_caller]
    pub fn downgrade_map<F, U: ?Sized>(mut this: Self, f: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let data: *const U = f(&*this);
        this.held.downgrade(&READ, Location::caller());
        RwLockReadGuard::new(this.held, data)
    }

    /// Like [`RwLockWriteGuard::downgrade_map`], if `f` finds a part.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    #[track_caller]
    pub fn try_downgrade_map<F, U: ?Sized>(mut this: Self, f: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let data: *const U = match f(&*this) {
            Some(data) => data,
            None => return Err(this),
        };
        this.held.downgrade(&READ, Location::caller());
        Ok(RwLockReadGuard::new(this.held, data))
    }

    /// Makes this a mapped guard of the whole value.
    pub fn into_mapped(this: Self) -> RwLockMappedWriteGuard<'a, T> {
        RwLockMappedWriteGuard { held: this.held, data: this.data, marker: PhantomData }
    }

    /// Makes this a guard for reading, without letting a writer in between.
    #[track_caller]
    pub fn downgrade(mut self) -> RwLockReadGuard<'a, T> {
        self.held.downgrade(&READ, Location::caller());
        RwLockReadGuard::new(self.held, self.data)
    }
}

impl<'a, T: ?Sized> RwLockMappedWriteGuard<'a, T> {
    /// Narrows the guard to a part of the value.
    pub fn map<F, U: ?Sized>(mut this: Self, f: F) -> RwLockMappedWriteGuard<'a, U>
    where
        F: FnOnce(&mut T) -> &mut U,
    {
        let data: *mut U = f(&mut *this);
        RwLockMappedWriteGuard { held: this.held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<F, U: ?Sized>(mut this: Self, f: F) -> Result<RwLockMappedWriteGuard<'a, U>, Self>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        let data: *mut U = match f(&mut *this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(RwLockMappedWriteGuard { held: this.held, data, marker: PhantomData })
    }
}
