//! The mirror of `std::thread`.
//!
//! A thread under control is a task of the engine. `current()`, the park token and thread-local values
//! belong to it; tasks that share a lane of one place share them, as they share an OS thread for real.

pub use ::std::thread::*;

mod builder;
mod handle;
mod local;
mod local_cells;
mod locals;
mod parking;
mod scoped;
mod scoped_handle;
mod sleeping;

pub use builder::{Builder, spawn};
pub use handle::JoinHandle;
pub use local::{AccessError, LocalKey};
pub use scoped::{Scope, scope};
pub use scoped_handle::ScopedJoinHandle;
pub(crate) use sleeping::sleep_at;
pub use sleeping::{park, park_timeout, sleep, yield_now};
#[expect(deprecated, reason = "mirrored as they are")]
pub use sleeping::{park_timeout_ms, sleep_ms};
pub use thread::{Thread, ThreadId, current};

#[expect(clippy::module_inception, reason = "named as what it defines")]
mod thread;

use ::std::io;
use ::std::num::NonZero;

/// How many threads a program under control is told to use.
const PARALLELISM: NonZero<usize> = NonZero::new(4).expect("4 is not 0");

/// Returns how many threads it makes sense to use. Under control always 4, so that a schedule can be
/// replayed on another machine.
///
/// # Errors
/// As the real one, outside of control.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    match coyote_engine::current() {
        Some(_) => Ok(PARALLELISM),
        None => ::std::thread::available_parallelism(),
    }
}
