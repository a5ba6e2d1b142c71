//! The mirror of `std::sync`.
//!
//! Every type holds the real one, which keeps the data, the poison flag, and exclusion with threads
//! that are not under control. A lock is waited for at a gate of the engine, so that the real lock is
//! free when it is taken.

pub use ::std::sync::*;

pub mod atomic;
mod barrier;
mod condvar;
mod hold;
mod init;
mod lazy_lock;
pub mod mpsc;
mod mutex;
mod once;
mod once_lock;
mod raw_mutex;
mod raw_rwlock;
mod rwlock;
mod rwlock_guards;

pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use lazy_lock::LazyLock;
pub use mutex::{Mutex, MutexGuard};
#[expect(deprecated, reason = "mirrored as it is")]
pub use once::ONCE_INIT;
pub use once::{Once, OnceState};
pub use once_lock::OnceLock;
pub use rwlock::RwLock;
pub use rwlock_guards::{RwLockReadGuard, RwLockWriteGuard};
