//! `Mutex`, `RwLock`, `Semaphore`.

use std::sync::Arc;

use coyote_shim::tokio;
use tokio::sync::{
    MappedMutexGuard, Mutex, MutexGuard, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard,
    RwLock, RwLockReadGuard, RwLockWriteGuard, Semaphore,
};

use crate::measure::{Points, op};

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let mutex = Arc::new(Mutex::new(1));
        let guard = op!(counts, tokio::sync::Mutex::lock(&mutex) await);
        op!(counts, [tokio::sync::MutexGuard: Drop] drop(guard));
        let owned = op!(counts, tokio::sync::Mutex::lock_owned(Arc::clone(&mutex)) await);
        op!(counts, [tokio::sync::OwnedMutexGuard: Drop] drop(owned));
        let mapped: MappedMutexGuard<'_, i32> =
            MutexGuard::map(op!(counts, tokio::sync::Mutex::try_lock(&mutex)).expect("free"), |value| value);
        op!(counts, [tokio::sync::MappedMutexGuard: Drop] drop(mapped));
        let owned = op!(counts, tokio::sync::Mutex::try_lock_owned(mutex)).expect("free");
        let mapped = OwnedMutexGuard::map(owned, |value| value);
        op!(counts, [tokio::sync::OwnedMappedMutexGuard: Drop] drop(mapped));
    });
    points.count_in_thread(|counts| {
        let mutex = Arc::new(Mutex::new(1));
        drop(op!(counts, tokio::sync::Mutex::blocking_lock(&mutex)));
        drop(op!(counts, tokio::sync::Mutex::blocking_lock_owned(mutex)));
        let lock = RwLock::new(1);
        drop(op!(counts, tokio::sync::RwLock::blocking_read(&lock)));
        drop(op!(counts, tokio::sync::RwLock::blocking_write(&lock)));
        let semaphore = Arc::new(Semaphore::new(3));
        drop(op!(counts, tokio::sync::Semaphore::blocking_acquire(&semaphore)));
        drop(op!(counts, tokio::sync::Semaphore::blocking_acquire_many(&semaphore, 2)));
        drop(op!(counts, tokio::sync::Semaphore::blocking_acquire_owned(Arc::clone(&semaphore))));
        drop(op!(counts, tokio::sync::Semaphore::blocking_acquire_many_owned(semaphore, 2)));
    });
    points.count(|counts| async move {
        let lock = Arc::new(RwLock::new(1));
        let read = op!(counts, tokio::sync::RwLock::read(&lock) await);
        op!(counts, [tokio::sync::RwLockReadGuard: Drop] drop(read));
        let read = op!(counts, tokio::sync::RwLock::try_read(&lock)).expect("free");
        drop(RwLockReadGuard::map(read, |value| value));
        let read = op!(counts, tokio::sync::RwLock::read_owned(Arc::clone(&lock)) await);
        op!(counts, [tokio::sync::OwnedRwLockReadGuard: Drop] drop(read));
        let read = op!(counts, tokio::sync::RwLock::try_read_owned(Arc::clone(&lock))).expect("free");
        drop(OwnedRwLockReadGuard::map(read, |value| value));

        let write = op!(counts, tokio::sync::RwLock::write(&lock) await);
        op!(counts, [tokio::sync::RwLockWriteGuard: Drop] drop(write));
        let write = op!(counts, tokio::sync::RwLock::try_write(&lock)).expect("free");
        let mapped = RwLockWriteGuard::map(write, |value| value);
        op!(counts, [tokio::sync::RwLockMappedWriteGuard: Drop] drop(mapped));
        let write = lock.write().await;
        drop(op!(counts, tokio::sync::RwLockWriteGuard::downgrade(write)));
        let write = lock.write().await;
        drop(op!(counts, tokio::sync::RwLockWriteGuard::downgrade_map(write, |value| value)));
        let write = lock.write().await;
        drop(op!(counts, tokio::sync::RwLockWriteGuard::try_downgrade_map(write, |value| Some(value))).ok());

        let write = op!(counts, tokio::sync::RwLock::write_owned(Arc::clone(&lock)) await);
        op!(counts, [tokio::sync::OwnedRwLockWriteGuard: Drop] drop(write));
        let write = op!(counts, tokio::sync::RwLock::try_write_owned(Arc::clone(&lock))).expect("free");
        let mapped = OwnedRwLockWriteGuard::map(write, |value| value);
        op!(counts, [tokio::sync::OwnedRwLockMappedWriteGuard: Drop] drop(mapped));
        let write = Arc::clone(&lock).write_owned().await;
        drop(op!(counts, tokio::sync::OwnedRwLockWriteGuard::downgrade(write)));
        let write = Arc::clone(&lock).write_owned().await;
        drop(op!(counts, tokio::sync::OwnedRwLockWriteGuard::downgrade_map(write, |value| value)));
        let write = Arc::clone(&lock).write_owned().await;
        drop(
            op!(counts, tokio::sync::OwnedRwLockWriteGuard::try_downgrade_map(write, |value| Some(value)))
                .ok(),
        );
    });
    points.count(|counts| async move {
        let semaphore = Arc::new(Semaphore::new(8));
        let permit = op!(counts, tokio::sync::Semaphore::acquire(&semaphore) await).expect("open");
        op!(counts, [tokio::sync::SemaphorePermit: Drop] drop(permit));
        drop(op!(counts, tokio::sync::Semaphore::acquire_many(&semaphore, 2) await));
        let permit = op!(counts, tokio::sync::Semaphore::acquire_owned(Arc::clone(&semaphore)) await);
        op!(counts, [tokio::sync::OwnedSemaphorePermit: Drop] drop(permit));
        drop(op!(counts, tokio::sync::Semaphore::acquire_many_owned(Arc::clone(&semaphore), 2) await));
        drop(op!(counts, tokio::sync::Semaphore::try_acquire(&semaphore)));
        drop(op!(counts, tokio::sync::Semaphore::try_acquire_many(&semaphore, 2)));
        drop(op!(counts, tokio::sync::Semaphore::try_acquire_owned(Arc::clone(&semaphore))));
        drop(op!(counts, tokio::sync::Semaphore::try_acquire_many_owned(Arc::clone(&semaphore), 2)));
        op!(counts, tokio::sync::Semaphore::add_permits(&semaphore, 1));
        op!(counts, tokio::sync::Semaphore::forget_permits(&semaphore, 1));
        op!(counts, tokio::sync::Semaphore::available_permits(&semaphore));
        op!(counts, tokio::sync::Semaphore::is_closed(&semaphore));
        op!(counts, tokio::sync::Semaphore::close(&semaphore));
    });
}
