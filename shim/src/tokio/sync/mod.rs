//! The mirror of `tokio::sync`.
//!
//! | item | how |
//! |---|---|
//! | `Mutex`, `RwLock`, `Semaphore`, their guards and permits | modelled: a real semaphore's queue, own guards |
//! | `Notify`, `futures::{Notified, OwnedNotified}` | modelled: the real one, with points |
//! | `OnceCell`, `SetOnce` | modelled: the real ones, with points |
//! | `Barrier`, `BarrierWaitResult` | modelled |
//! | `oneshot`, `mpsc` | modelled: the real channels, with points |
//! | `watch` | modelled: the real channel behind a read-write lock of the engine's |
//! | `broadcast` | modelled: the real channel behind a lock of the engine's |
//! | all error types | re-exported |
//! | absent | nothing that is stable |
//!
//! Each operation is one scheduling point and then the real operation. An asynchronous one has its
//! point at its first poll; later polls follow a wake-up, whose order is a decision already.

mod barrier;
pub mod broadcast;
pub mod mpsc;
mod mutex;
mod notify;
mod once_cell;
pub mod oneshot;
mod raw_lock;
mod rwlock;
mod semaphore;
mod set_once;
mod steer;
pub mod watch;

/// Futures of [`Notify`].
pub mod futures {
    pub use super::notify::{Notified, OwnedNotified};
}

pub use barrier::{Barrier, BarrierWaitResult};
pub use mutex::{MappedMutexGuard, Mutex, MutexGuard, OwnedMappedMutexGuard, OwnedMutexGuard, TryLockError};
pub use notify::Notify;
pub use once_cell::{OnceCell, SetError};
pub use rwlock::{
    OwnedRwLockMappedWriteGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock, RwLockMappedWriteGuard,
    RwLockReadGuard, RwLockWriteGuard,
};
pub use semaphore::{AcquireError, OwnedSemaphorePermit, Semaphore, SemaphorePermit, TryAcquireError};
pub use set_once::{SetOnce, SetOnceError};

pub(crate) use steer::Act;
