//! The mirror of `tokio::sync::RwLock`.

#![expect(unsafe_code, reason = "a lock gives out references to what it guards")]

mod owned;
mod read;
mod write;

use ::std::cell::UnsafeCell;
use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::sync::Arc;

use coyote_engine::{Access, OpKind};

pub use owned::{OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard};
pub use read::RwLockReadGuard;
pub use write::{RwLockMappedWriteGuard, RwLockWriteGuard};

use super::mutex::{TryLockError, would_block};
use super::raw_lock::{Held, How, Locked, OwnedHeld, RawLock, acquired};
use super::steer::Act;

const MAX_READERS: u32 = u32::MAX >> 3;

pub(super) static READ: How = How {
    take: Act::queued("RwLock", OpKind::ReadLock, Access::Acquire),
    try_take: OpKind::TryReadLock,
    give: OpKind::ReadUnlock,
    exclusive: false,
    movable: false,
};

pub(super) static WRITE: How = How {
    take: Act::queued("RwLock", OpKind::WriteLock, Access::Acquire),
    try_take: OpKind::TryWriteLock,
    give: OpKind::WriteUnlock,
    exclusive: true,
    movable: false,
};

/// An asynchronous lock for many readers or one writer, served in order of arrival.
pub struct RwLock<T: ?Sized> {
    raw: RawLock,
    /// How many permits a writer takes.
    readers: u32,
    value: UnsafeCell<T>,
}

// SAFETY: the lock owns its value.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: readers on several threads share the value, and a writer on any may have it.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T: ?Sized> Locked for RwLock<T> {
    fn raw(&self) -> &RawLock {
        &self.raw
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Creates an unlocked lock.
    #[track_caller]
    pub fn new(value: T) -> RwLock<T>
    where
        T: Sized,
    {
        RwLock {
            raw: RawLock::new(MAX_READERS as usize),
            readers: MAX_READERS,
            value: UnsafeCell::new(value),
        }
    }

    /// Creates an unlocked lock for at most `max_reads` readers at a time.
    ///
    /// # Panics
    /// Panics if `max_reads` is 0 or above `u32::MAX >> 3`.
    #[track_caller]
    pub fn with_max_readers(value: T, max_reads: u32) -> RwLock<T>
    where
        T: Sized,
    {
        assert_ne!(max_reads, 0, "a RwLock may not be created with 0 readers");
        assert!(max_reads <= MAX_READERS, "a RwLock may not be created with more than {MAX_READERS} readers");
        RwLock { raw: RawLock::new(max_reads as usize), readers: max_reads, value: UnsafeCell::new(value) }
    }

    /// Creates an unlocked lock, in a constant too.
    #[track_caller]
    pub const fn const_new(value: T) -> RwLock<T>
    where
        T: Sized,
    {
        Self::const_with_max_readers(value, MAX_READERS)
    }

    /// Like [`RwLock::with_max_readers`], in a constant too.
    ///
    /// # Panics
    /// Panics if `max_reads` is 0 or above `u32::MAX >> 3`.
    #[track_caller]
    pub const fn const_with_max_readers(value: T, max_reads: u32) -> RwLock<T>
    where
        T: Sized,
    {
        assert!(max_reads != 0, "a RwLock may not be created with 0 readers");
        assert!(max_reads <= MAX_READERS);
        RwLock {
            raw: RawLock::const_new(max_reads as usize),
            readers: max_reads,
            value: UnsafeCell::new(value),
        }
    }

    /// Locks for reading, waiting until no writer holds it or waits in front.
    #[track_caller]
    pub fn read(&self) -> impl Future<Output = RwLockReadGuard<'_, T>> + use<'_, T> {
        let place = Location::caller();
        async move {
            acquired(self.raw.acquire(&READ, 1, false, place)).await;
            RwLockReadGuard::new(Held::new(&self.raw, &READ, 1, place), self.value.get())
        }
    }

    /// Locks for reading, blocking the thread.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_read(&self) -> RwLockReadGuard<'_, T> {
        let place = Location::caller();
        self.raw.blocking_acquire(&READ, 1, false, place).expect("the semaphore of a lock is never closed");
        RwLockReadGuard::new(Held::new(&self.raw, &READ, 1, place), self.value.get())
    }

    /// Like [`RwLock::read`], with a guard that keeps the lock alive.
    #[track_caller]
    pub fn read_owned(self: Arc<Self>) -> impl Future<Output = OwnedRwLockReadGuard<T>> + use<T> {
        let place = Location::caller();
        async move {
            acquired(self.raw.acquire(&READ, 1, true, place)).await;
            OwnedRwLockReadGuard::new(OwnedHeld::new(self, &READ, 1, place))
        }
    }

    /// Locks for reading if that is possible at once.
    ///
    /// # Errors
    /// Fails if it is not.
    #[track_caller]
    pub fn try_read(&self) -> Result<RwLockReadGuard<'_, T>, TryLockError> {
        let place = Location::caller();
        match self.raw.try_acquire(&READ, 1, false, place) {
            Ok(()) => Ok(RwLockReadGuard::new(Held::new(&self.raw, &READ, 1, place), self.value.get())),
            Err(_) => Err(would_block()),
        }
    }

    /// Like [`RwLock::try_read`], with a guard that keeps the lock alive.
    ///
    /// # Errors
    /// Fails if it cannot be had at once.
    #[track_caller]
    pub fn try_read_owned(self: Arc<Self>) -> Result<OwnedRwLockReadGuard<T>, TryLockError> {
        let place = Location::caller();
        match self.raw.try_acquire(&READ, 1, true, place) {
            Ok(()) => Ok(OwnedRwLockReadGuard::new(OwnedHeld::new(self, &READ, 1, place))),
            Err(_) => Err(would_block()),
        }
    }

    /// Locks for writing, waiting until nobody else holds it or waits in front.
    #[track_caller]
    pub fn write(&self) -> impl Future<Output = RwLockWriteGuard<'_, T>> + use<'_, T> {
        let place = Location::caller();
        async move {
            acquired(self.raw.acquire(&WRITE, self.readers, false, place)).await;
            RwLockWriteGuard::new(Held::new(&self.raw, &WRITE, self.readers, place), self.value.get())
        }
    }

    /// Locks for writing, blocking the thread.
    ///
    /// # Panics
    /// Panics in asynchronous code.
    #[track_caller]
    pub fn blocking_write(&self) -> RwLockWriteGuard<'_, T> {
        let place = Location::caller();
        self.raw
            .blocking_acquire(&WRITE, self.readers, false, place)
            .expect("the semaphore of a lock is never closed");
        RwLockWriteGuard::new(Held::new(&self.raw, &WRITE, self.readers, place), self.value.get())
    }

    /// Like [`RwLock::write`], with a guard that keeps the lock alive.
    #[track_caller]
    pub fn write_owned(self: Arc<Self>) -> impl Future<Output = OwnedRwLockWriteGuard<T>> + use<T> {
        let place = Location::caller();
        async move {
            let readers = self.readers;
            acquired(self.raw.acquire(&WRITE, readers, true, place)).await;
            OwnedRwLockWriteGuard::new(OwnedHeld::new(self, &WRITE, readers, place))
        }
    }

    /// Locks for writing if that is possible at once.
    ///
    /// # Errors
    /// Fails if it is not.
    #[track_caller]
    pub fn try_write(&self) -> Result<RwLockWriteGuard<'_, T>, TryLockError> {
        let place = Location::caller();
        match self.raw.try_acquire(&WRITE, self.readers, false, place) {
            Ok(()) => {
                Ok(RwLockWriteGuard::new(Held::new(&self.raw, &WRITE, self.readers, place), self.value.get()))
            }
            Err(_) => Err(would_block()),
        }
    }

    /// Like [`RwLock::try_write`], with a guard that keeps the lock alive.
    ///
    /// # Errors
    /// Fails if it cannot be had at once.
    #[track_caller]
    pub fn try_write_owned(self: Arc<Self>) -> Result<OwnedRwLockWriteGuard<T>, TryLockError> {
        let place = Location::caller();
        let readers = self.readers;
        match self.raw.try_acquire(&WRITE, readers, true, place) {
            Ok(()) => Ok(OwnedRwLockWriteGuard::new(OwnedHeld::new(self, &WRITE, readers, place))),
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

    fn value(&self) -> *mut T {
        self.value.get()
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(value) => out.field("data", &&*value),
            Err(_) => out.field("data", &format_args!("<locked>")),
        };
        out.finish()
    }
}
