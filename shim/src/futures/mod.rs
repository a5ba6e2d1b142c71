//! The mirror of `futures`.
//!
//! | item | |
//! |---|---|
//! | `executor::{block_on, block_on_stream, BlockingStream, enter, Enter, EnterError, LocalPool, LocalSpawner}` | modelled: they block the thread under control |
//! | `select!`, `stream_select!` | modelled: the order of the polls is drawn by the exploration |
//! | `executor::{ThreadPool, ThreadPoolBuilder}` | re-exported: their OS threads are not under control, and reported |
//! | all else | re-exported: it runs in the task that polls it, and wakes the wakers that it is given |
//!
//! `lock`, `channel` and the combinators lock nothing across a wake-up or a scheduling point, and have no such point of
//! their own: what is explored is the order of the polls, not that of operations inside of one.

pub mod executor;
mod select;

pub use ::futures::*;
pub use select::{select, stream_select};

/// What the expansions of the macros refer to.
#[doc(hidden)]
pub use select::support as __private;
