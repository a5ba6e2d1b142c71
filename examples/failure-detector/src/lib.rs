//! A detector of failed nodes: it pings them, twice if need be, and tells its clients who does not answer.
//!
//! - [`FailureDetector`] is the product; it has a [`Timer`] that can be cancelled, or too late;
//! - [`Node`] answers pings, until it fails;
//! - [`Driver`] is a client of the detector, and has the nodes fail;
//! - [`Safety`] demands that no node is flooded with pings, [`Liveness`] that every failure is told.
//!
//! [`Bugs`] says which of the bugs that it had are in.

mod bugs;
mod driver;
mod failure_detector;
mod monitors;
mod node;
mod plan;
mod run;
mod timer;

pub use bugs::Bugs;
pub use driver::Driver;
pub use failure_detector::{FailureDetector, FailureDetectorState};
pub use monitors::{Liveness, LivenessState, Safety, SafetyState};
pub use node::Node;
pub use plan::Plan;
pub use run::run;
pub use timer::{Timer, TimerState};
