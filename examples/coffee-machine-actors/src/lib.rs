//! The firmware of a coffee machine, killed and started again at any time: it has to look at its sensors, and go on
//! from what it finds there.
//!
//! - [`CoffeeMachine`] is the firmware, and the product;
//! - [`MockWaterTank`], [`MockCoffeeGrinder`] and [`MockDoorSensor`] stand for the hardware, which survives it;
//! - [`FailoverDriver`] starts machines, asks for coffee, and kills them;
//! - [`LivenessMonitor`] demands an answer from a machine that is busy, [`DoorSafetyMonitor`] that nothing is switched
//!   on while the door is open.
//!
//! [`Bugs`] says which of the bugs that it had are in.

mod bugs;
mod coffee_grinder;
mod coffee_machine;
mod door_sensor;
mod failover_driver;
mod monitors;
mod run;
mod sensors;
mod water_tank;

pub use bugs::Bugs;
pub use coffee_grinder::MockCoffeeGrinder;
pub use coffee_machine::{CoffeeMachine, CoffeeMachineState};
pub use door_sensor::MockDoorSensor;
pub use failover_driver::{FailoverDriver, FailoverDriverState};
pub use monitors::DoorSafetyMonitor;
pub use run::run;
pub use water_tank::MockWaterTank;

pub use coffee_machine_common::LivenessMonitor;

/// What is run, with which bugs.
pub type Plan = coffee_machine_common::Plan<Bugs>;
