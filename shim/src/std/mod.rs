//! The mirror of `std`: everything of the real one, with `sync`, `thread` and `time` under control.
//!
//! | module | modelled | re-exported |
//! |---|---|---|
//! | `sync` | `Mutex`, `RwLock`, `Condvar`, `Barrier`, `Once`, `OnceLock`, `LazyLock`, `mpsc`, `atomic` | `Arc`, `Weak`, errors |
//! | `thread` | threads, scopes, parking, sleeping, `thread_local!` | `panicking`, `Result` |
//! | `time` | `Instant` | `Duration`, `SystemTime`, `UNIX_EPOCH`, errors |
//! | `cell` | `Cell`, `UnsafeCell` | everything else |
//! | `hint` | `spin_loop` | everything else |
//! | all others | | everything |
//!
//! Absent: `from_ptr` of the atomics, which carry more than their value; unstable items. (An atomic could
//! be known by its address instead. But an address that is freed and used again would then be the same
//! atomic in one run and another one in the next, as the allocator likes: runs would not be repeatable.)
//!
//! Whether a reader of an `RwLock` overtakes a writer that waits is left open by std, and both is tried:
//! so a thread that locks for reading twice can deadlock, as it does for real on Linux.
//!
//! `SystemTime::now` is the wall clock, and not under control: the type is given out by `std::fs`, so it
//! must be the real one. Memory orders weaker than sequential consistency are not modelled.

pub use ::std::*;

pub mod cell;
pub mod hint;
pub mod sync;
pub mod thread;
pub mod time;

pub use crate::__coyote_std_thread_local as thread_local;
