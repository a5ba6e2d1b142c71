//! Wrong programs, one bug per file, most with a correct twin: what bug-finding is measured by.
//!
//! Each is ordinary tokio or std code in a module marked `#[coyote::instrument]`, and says in its
//! documentation what the bug is, how deep it lies, and where the program comes from. All are explored
//! with default settings.

pub mod asynchronous;
mod explore;
mod program;
pub mod sctbench;

pub use explore::{config, programs};
pub use program::{Body, Expected, Family, Program, Published, Schedules, Task};
