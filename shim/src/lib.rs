//! Mirrors of `std` and `tokio`: the same items, with a scheduling point before each visible operation
//! while an exploration runs on this thread, and the real item's behaviour otherwise.
//!
//! One file per mirrored module. Inside this crate the real ones are `::std` and `::tokio`.

pub mod entry;
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

#[doc(hidden)]
pub use named::spawn_named;
pub use spans::Spans;
