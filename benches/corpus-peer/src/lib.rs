//! The SCTBench programs of the corpus, from the same source, compiled against Shuttle.
//!
//! `#[coyote::instrument]` sends paths of `std` to `::coyote::std`. In this crate, that name is the crate itself,
//! and its `std` has Shuttle's primitives. Shuttle has no scheduling points at loops, so there are none.

extern crate self as coyote;

#[doc(hidden)]
pub use coyote_macros::instrument;
pub use program::{Body, Expected, Family, Program, Published, Schedules, Task};

#[path = "../../../tests/corpus/src/program.rs"]
mod program;
#[path = "../../../tests/corpus/src/sctbench/mod.rs"]
pub mod sctbench;

/// std, with Shuttle's threads and locks.
#[doc(hidden)]
pub mod std {
    pub use ::std::*;
    pub use shuttle::{sync, thread};
}

/// What `instrument` expands to.
#[doc(hidden)]
pub mod __private {
    pub use crate::__coyote_corpus_peer_if_control as if_control;

    /// A loop's head: nothing.
    pub fn at_loop() {}
}

/// Keeps the instrumented form.
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_corpus_peer_if_control {
    ({ $($on:tt)* } { $($off:tt)* }) => { $($on)* };
}
