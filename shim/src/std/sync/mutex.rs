//! The mirror of `std::sync::{Mutex, MutexGuard}`.
//!
//! What is generic here is thin, for it is compiled in the user's crate, which is rarely optimised: all
//! else is in [`RawMutex`].

use ::std::fmt;
use ::std::panic::{RefUnwindSafe, UnwindSafe};
use ::std::sync::{LockResult, TryLockError, TryLockResult};

use super::hold::here;
use super::raw_mutex::{RawGuard, RawMutex, lock_result};

pub use data::{Mutex, MutexGuard};

impl<T: ?Sized> UnwindSafe for Mutex<T> {}
impl<T: ?Sized> RefUnwindSafe for Mutex<T> {}

impl<T: ?Sized> Mutex<T> {
    /// Locks, blocking the current thread until that is possible.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        self.guard(self.raw().lock(here()))
    }

    /// Locks if nobody has the lock.
    ///
    /// # Errors
    /// Returns `WouldBlock` if somebody has it, and the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match self.raw().try_lock(here()) {
            Some(raw) => self.guard(raw).map_err(TryLockError::Poisoned),
            None => Err(TryLockError::WouldBlock),
        }
    }

    /// Returns whether a thread panicked while it held the lock.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.raw().is_poisoned(here())
    }

    /// Makes the mutex count as not poisoned.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.raw().clear_poison(here());
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
        let mut parts = f.debug_struct("Mutex");
        match self.raw().peek(here()).map(|raw| self.guard(raw)) {
            Some(Ok(guard)) => {
                parts.field("data", &&*guard);
                guard.split().0.release();
            }
            Some(Err(poison)) => {
                let guard = poison.into_inner();
                parts.field("data", &&*guard);
                guard.split().0.release();
            }
            None => drop(parts.field("data", &format_args!("<locked>"))),
        }
        parts.field("poisoned", &self.raw().is_poisoned_now());
        parts.finish_non_exhaustive()
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

mod data {
    #![expect(unsafe_code, reason = "the data lies beside a lock without data")]

    use ::std::cell::UnsafeCell;
    use ::std::marker::PhantomData;
    use ::std::ops::{Deref, DerefMut};

    use super::{LockResult, RawGuard, RawMutex, lock_result};

    /// Mutual exclusion, as [`std::sync::Mutex`](::std::sync::Mutex).
    pub struct Mutex<T: ?Sized> {
        raw: RawMutex,
        data: UnsafeCell<T>,
    }

    // SAFETY: owning the mutex is owning the data; the lock itself may change threads.
    unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
    // SAFETY: shared, it gives the data to one thread at a time, hence only `T: Send`.
    unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

    /// Data locked by a [`Mutex`]; dropped, it gives the lock back.
    #[must_use = "if unused the Mutex will immediately unlock"]
    #[clippy::has_significant_drop]
    pub struct MutexGuard<'a, T: ?Sized + 'a> {
        raw: RawGuard<'a>,
        mutex: &'a Mutex<T>,
        /// Sharing the guard shares the data, which sharing the mutex does not.
        not_sync: PhantomData<*const ()>,
    }

    // SAFETY: a shared guard gives out `&T` and nothing else; the rest of it may be shared.
    unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

    impl<T> Mutex<T> {
        /// Creates an unlocked mutex.
        #[track_caller]
        #[inline]
        pub const fn new(value: T) -> Mutex<T> {
            Mutex { raw: RawMutex::new(), data: UnsafeCell::new(value) }
        }

        /// Consumes the mutex and returns its data.
        ///
        /// # Errors
        /// Returns the data in an error if the mutex is poisoned.
        pub fn into_inner(self) -> LockResult<T> {
            lock_result(self.data.into_inner(), self.raw.is_poisoned_now())
        }
    }

    impl<T: ?Sized> Mutex<T> {
        /// Returns the data: no lock is needed.
        ///
        /// # Errors
        /// Returns the data in an error if the mutex is poisoned.
        pub fn get_mut(&mut self) -> LockResult<&mut T> {
            lock_result(self.data.get_mut(), self.raw.is_poisoned_now())
        }

        #[inline]
        pub(in crate::std::sync) fn raw(&self) -> &RawMutex {
            &self.raw
        }

        /// Makes a guard. `raw` must be the lock of this very mutex, as it is in the callers, which are
        /// all in the parent modules.
        #[inline]
        pub(in crate::std::sync) fn guard<'a>(&'a self, raw: RawGuard<'a>) -> LockResult<MutexGuard<'a, T>> {
            let poisoned = raw.poisoned();
            lock_result(MutexGuard { raw, mutex: self, not_sync: PhantomData }, poisoned)
        }
    }

    impl<'a, T: ?Sized> MutexGuard<'a, T> {
        /// Takes the lock off the data.
        #[inline]
        pub(in crate::std::sync) fn split(self) -> (RawGuard<'a>, &'a Mutex<T>) {
            (self.raw, self.mutex)
        }
    }

    impl<T: ?Sized> Deref for MutexGuard<'_, T> {
        type Target = T;

        #[inline]
        fn deref(&self) -> &T {
            // SAFETY: `raw` holds the mutex's lock, so that nobody else refers to the data.
            unsafe { &*self.mutex.data.get() }
        }
    }

    impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
        #[inline]
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: as above; and the guard is borrowed mutably.
            unsafe { &mut *self.mutex.data.get() }
        }
    }
}
