//! Mirrors of `std`, `tokio` and, with a feature, `futures`: the same items, with a scheduling point before each visible operation
//! while an exploration runs on this thread, and the real item's behaviour otherwise.
//!
//! One file per mirrored module. Inside this crate the real ones are `::std` and `::tokio`.

pub mod entry;
#[cfg(feature = "tracing")]
mod events;
#[cfg(feature = "futures")]
pub mod futures;
mod named;
mod spans;
pub mod std;
mod support;
pub mod tokio;

/// What the expansions of the mirrored macros refer to.
#[doc(hidden)]
pub mod __macros {
    pub use crate::tokio::macros::support;
    pub use coyote_macros::{join_impl, select_impl, try_join_impl};
}

#[cfg(feature = "tracing")]
pub use events::with_events;
#[doc(hidden)]
pub use named::spawn_named;
pub use spans::Spans;
#[doc(hidden)]
pub use tokio::runtime::reactor::Keep as KeepReactor;
#[doc(hidden)]
pub use tokio::time::clock::clock_here;

/// Lets the async test that is the current execution use real sockets and files.
#[doc(hidden)]
pub fn enter_reactor() {
    if let Some(cx) = coyote_engine::current() {
        tokio::runtime::reactor::begin_implicit(cx);
    }
}

/// Runs a recorded execution. With the feature `tracing`, what the program says through that is noted.
#[cfg(not(feature = "tracing"))]
pub fn with_events<R>(run: impl FnOnce() -> R) -> R {
    run()
}
