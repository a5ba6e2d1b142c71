//! What read-locking a `RwLock` gives.

use ::std::marker::PhantomData;

use crate::tokio::sync::raw_lock::{Held, guard_traits};

/// A [`RwLock`](super::RwLock) locked for reading, or a part of its value, borrowed. Dropping it unlocks.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    held: Held<'a>,
    data: *const T,
    marker: PhantomData<&'a T>,
}

// SAFETY: the guard is like `&T`; the lock may be given back on any thread.
unsafe impl<T: ?Sized + Sync> Send for RwLockReadGuard<'_, T> {}
// SAFETY: a shared guard gives out `&T` only; `Send` too, as tokio asks.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLockReadGuard<'_, T> {}

guard_traits!([T: ?Sized] RwLockReadGuard<'_, T> => T, |guard| guard.data);

impl<'a, T: ?Sized> RwLockReadGuard<'a, T> {
    pub(super) fn new(held: Held<'a>, data: *const T) -> Self {
        RwLockReadGuard { held, data, marker: PhantomData }
    }

    /// Narrows the guard to a part of the value.
    pub fn map<F, U: ?Sized>(this: Self, f: F) -> RwLockReadGuard<'a, U>
    where
        F: FnOnce(&T) -> &U,
    {
        let data: *const U = f(&*this);
        RwLockReadGuard::new(this.held, data)
    }

    /// Narrows the guard to a part of the value, if `f` finds one.
    ///
    /// # Errors
    /// Gives the guard back if `f` returns `None`.
    pub fn try_map<F, U: ?Sized>(this: Self, f: F) -> Result<RwLockReadGuard<'a, U>, Self>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        let data: *const U = match f(&*this) {
            Some(data) => data,
            None => return Err(this),
        };
        Ok(RwLockReadGuard::new(this.held, data))
    }
}
