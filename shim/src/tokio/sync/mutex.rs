//! The mirror of `tokio::sync::Mutex`.

#![expect(unsafe_code, reason = "a lock gives out references to what it guards")]

mod guards;

use ::std::cell::UnsafeCell;
use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::sync::Arc;

use coyote_engine::{Access, OpKind};

pub use ::tokio::sync::TryLockError;
pub use guards::{MappedMutexGuard, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard};

use super::raw_lock::{Held, How, Locked, OwnedHeld, RawLock, acquired};
use super::steer::Act;

pub(super) static LOCK: How = How {
    take: Act::queued("Mutex", OpKind::Lock, Access::Acquire),
    try_take: OpKind::TryLock,
    give: OpKind::Unlock,
    exclusive: true,
    movable: false,
};

/// An asynchronous mutual exclusion lock, served in order of arrival.
pub struct Mutex<T: ?Sized> {
    raw: RawLock,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached through guards, one at a time, from whatever thread holds one; so it is
// sent, but never shared, between threads.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T: ?Sized> Locked for Mutex<T> {
    fn raw(&self) -> &RawLock {
        &self.raw
    }
}

/// Makes the error of a lock that is held; its constructor is tokio's own.
pub(super) fn would_block() -> TryLockError {
    let lock = ::tokio::sync::Mutex::const_new(());
    let _held = lock.try_lock();
    lock.try_lock().expect_err("the lock is held")
}

impl<T: ?Sized> Mutex<T> {
    /// Creates an unlocked mutex.
    #[track_caller]
    pub fn new(t: T) -> Self
    where
        T: Sized,
    {
        Mutex { raw: RawLock::new(1), value: UnsafeCell::new(t) }
    }

    /// Creates an unlocked mutex, in a constant too.
    #[track_caller]
    pub const fn const_new(t: T) -> Self
    where
        T: Sized,
    {
        Mutex { raw: RawLock::const_new(1), value: UnsafeCell::new(t) }
    }

    /// Locks the mutex, waiting until it is to be had.
    #[track_caller]
    pub fn lock(&self) -> impl Future<Output = MutexGuard<'_, T>> + use<'_, T> {
        let place = Location::caller();
        async move {
            acquired(self.raw.acquire(&LOCK, 1, false, place)).await;
            MutexGuard::new(Held::new(&self.raw, &LOCK, 1, place), self)
        }
    }

    /// Locks the mutex, blocking the thread until it is to be had.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_lock(&self) -> MutexGuard<'_, T> {
        let place = Location::caller();
        self.raw.blocking_acquire(&LOCK, 1, false, place).expect("the semaphore of a lock is never closed");
        MutexGuard::new(Held::new(&self.raw, &LOCK, 1, place), self)
    }

    /// Like [`Mutex::blocking_lock`], with a guard that keeps the mutex alive.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_lock_owned(self: Arc<Self>) -> OwnedMutexGuard<T> {
        let place = Location::caller();
        self.raw.blocking_acquire(&LOCK, 1, true, place).expect("the semaphore of a lock is never closed");
        OwnedMutexGuard::new(OwnedHeld::new(self, &LOCK, 1, place))
    }

    /// Locks the mutex, waiting until it is to be had, with a guard that keeps it alive.
    #[track_caller]
    pub fn lock_owned(self: Arc<Self>) -> impl Future<Output = OwnedMutexGuard<T>> + use<T> {
        let place = Location::caller();
        async move {
            acquired(self.raw.acquire(&LOCK, 1, true, place)).await;
            OwnedMutexGuard::new(OwnedHeld::new(self, &LOCK, 1, place))
        }
    }

    /// Locks the mutex if it is free.
    ///
    /// # Errors
    /// Fails if it is locked.
    #[track_caller]
    pub fn try_lock(&self) -> Result<MutexGuard<'_, T>, TryLockError> {
        let place = Location::caller();
        match self.raw.try_acquire(&LOCK, 1, false, place) {
            Ok(()) => Ok(MutexGuard::new(Held::new(&self.raw, &LOCK, 1, place), self)),
            Err(_) => Err(would_block()),
        }
    }

    /// Like [`Mutex::try_lock`], with a guard that keeps the mutex alive.
    ///
    /// # Errors
    /// Fails if it is locked.
    #[track_caller]
    pub fn try_lock_owned(self: Arc<Self>) -> Result<OwnedMutexGuard<T>, TryLockError> {
        let place = Location::caller();
        match self.raw.try_acquire(&LOCK, 1, true, place) {
            Ok(()) => Ok(OwnedMutexGuard::new(OwnedHeld::new(self, &LOCK, 1, place))),
            Err(_) => Err(would_block()),
        }
    }

    /// Returns the value; nobody else can have the lock now.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T
    where
        T: Sized,
    {
        self.value.into_inner()
    }

    pub(super) fn value(&self) -> *mut T {
        self.value.get()
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(t: T) -> Self {
        Self::new(t)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(value) => out.field("data", &&*value),
            Err(_) => out.field("data", &format_args!("<locked>")),
        };
        out.finish()
    }
}
