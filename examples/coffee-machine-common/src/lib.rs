//! What both coffee machines have in common, whether they are written as tasks or as actors: what is run, and what
//! has to happen in the end.

mod liveness_monitor;
mod plan;

pub use liveness_monitor::{IsBusy, IsIdle, LivenessMonitor};
pub use plan::Plan;
