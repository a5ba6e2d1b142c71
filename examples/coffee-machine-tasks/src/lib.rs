//! The firmware of a coffee machine, killed and started again at any time, as ordinary asynchronous code.
//!
//! - [`CoffeeMachine`] is the firmware, and the product;
//! - [`MockSensors`] stands for the hardware, which survives it;
//! - [`run`] starts machines, asks for coffee, and kills them;
//! - [`LivenessMonitor`] demands that a machine that is busy comes to an end.
//!
//! [`Bugs`] says which of the bugs that it had are in.

mod bugs;
mod coffee_machine;
mod run;
mod sensors;

pub use bugs::Bugs;
pub use coffee_machine::{CoffeeMachine, Refusal};
pub use run::run;
pub use sensors::MockSensors;

pub use coffee_machine_common::LivenessMonitor;

/// What is run, with which bugs.
pub type Plan = coffee_machine_common::Plan<Bugs>;
