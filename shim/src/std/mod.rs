//! The mirror of `std`: everything of the real one, with `sync`, `thread` and `time` under control.
//!
//! | module | modelled | re-exported |
//! |---|---|---|
//! | `sync` | `Mutex`, `RwLock`, `Condvar`, `Barrier`, `Once`, `OnceLock`, `LazyLock`, `mpsc`, `atomic` | `Arc`, `Weak`, errors |
//! | `thread` | threads, scopes, parking, sleeping, `thread_local!` | `panicking`, `Result` |
//! | `time` | `Instant` | `Duration`, `SystemTime`, `UNIX_EPOCH`, errors |
//! | `hint` | `spin_loop` | everything else |
//! | all others | | everything |
//!
//! Absent, because they cannot be built on the real ones of the oldest supported compiler:
//! `RwLockWriteGuard::downgrade`.
//! Unstable items of the mirrored types are absent.

pub use ::std::*;

pub mod hint;
pub mod sync;
pub mod thread;
pub mod time;

pub use crate::__coyote_std_thread_local as thread_local;
