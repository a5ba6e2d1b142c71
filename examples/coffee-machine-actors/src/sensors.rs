//! What the firmware and the hardware tell each other.

use coyote::actors::{ActorId, Event};

/// From now on, this machine is told of what happens.
#[derive(Event)]
pub(crate) struct RegisterClient {
    pub(crate) machine: ActorId,
}

/// Asks for [`WaterLevel`].
#[derive(Event)]
pub(crate) struct ReadWaterLevel;

/// How much water there is.
#[derive(Event)]
pub(crate) struct WaterLevel(pub(crate) i32);

/// Asks for [`WaterTemperature`].
#[derive(Event)]
pub(crate) struct ReadWaterTemperature;

/// How hot the water is, in degrees Celsius.
#[derive(Event)]
pub(crate) struct WaterTemperature(pub(crate) i32);

/// The water is as hot as it gets.
#[derive(Event)]
pub(crate) struct WaterHot;

/// There is no water left.
#[derive(Event)]
pub(crate) struct WaterEmpty;

/// A shot of water has run through the coffee.
#[derive(Event)]
pub(crate) struct ShotComplete;

/// Asks for [`HopperLevel`].
#[derive(Event)]
pub(crate) struct ReadHopperLevel;

/// How many beans there are in the hopper. The sensor may well say less than nothing.
#[derive(Event)]
pub(crate) struct HopperLevel(pub(crate) i32);

/// There are no beans left.
#[derive(Event)]
pub(crate) struct HopperEmpty;

/// Asks for [`PortaFilterCoffeeLevel`].
#[derive(Event)]
pub(crate) struct ReadPortaFilterCoffeeLevel;

/// How much ground coffee there is in the filter: 100 is full.
#[derive(Event)]
pub(crate) struct PortaFilterCoffeeLevel(pub(crate) i32);

/// Asks for [`DoorOpen`].
#[derive(Event)]
pub(crate) struct ReadDoorOpen;

/// Whether the door is open.
#[derive(Event)]
pub(crate) struct DoorOpen(pub(crate) bool);

/// Switches the water heater.
#[derive(Event)]
pub(crate) struct WaterHeaterButton(pub(crate) bool);

/// Switches the pump, which goes off by itself after a shot.
#[derive(Event)]
pub(crate) struct PumpWater(pub(crate) bool);

/// Switches the grinder.
#[derive(Event)]
pub(crate) struct GrinderButton(pub(crate) bool);

/// Empties the filter.
#[derive(Event)]
pub(crate) struct DumpGrinds;
