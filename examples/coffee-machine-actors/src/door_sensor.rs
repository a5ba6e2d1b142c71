//! The door.

use coyote::actors::{Context, Event, actor};
use coyote::spec;

use crate::DoorSafetyMonitor;
use crate::monitors::DoorIsOpen;
use crate::sensors::{DoorOpen, ReadDoorOpen, RegisterClient};

/// Stands for a sensor that tells whether the door is open. Sometimes it is.
pub struct MockDoorSensor {
    is_open: bool,
    machine: Option<coyote::actors::ActorId>,
}

impl MockDoorSensor {
    /// Creates the sensor.
    pub fn new() -> Self {
        MockDoorSensor { is_open: coyote::choose(5) == 0, machine: None }
    }
}

impl Default for MockDoorSensor {
    fn default() -> Self {
        MockDoorSensor::new()
    }
}

/// Somebody opens the door, or closes it.
#[derive(Event)]
pub(crate) struct MoveDoor {
    pub(crate) open: bool,
}

#[actor]
impl MockDoorSensor {
    #[on(RegisterClient)]
    fn register(&mut self, RegisterClient { machine }: RegisterClient) {
        self.machine = Some(machine);
    }

    #[on(MoveDoor)]
    fn move_door(&mut self, MoveDoor { open }: MoveDoor) {
        self.is_open = open;
    }

    #[on(ReadDoorOpen)]
    fn read(&mut self, context: &mut Context<Self>) {
        if self.is_open {
            spec::monitor::<DoorSafetyMonitor>(DoorIsOpen);
        }
        if let Some(machine) = &self.machine {
            context.send(machine, DoorOpen(self.is_open));
        }
    }
}
