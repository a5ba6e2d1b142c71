//! What must not happen.

use coyote::spec;

/// The door was found open.
pub(crate) struct DoorIsOpen;

/// Something was switched on.
pub(crate) struct SwitchedOn;

/// Demands that nothing is switched on once the door was found open.
#[derive(Default)]
pub struct DoorSafetyMonitor;

/// What the monitor knows of the door.
#[spec::monitor(DoorSafetyMonitor)]
pub enum DoorSafetyMonitorState {
    /// It has not been found open.
    #[start]
    #[on(DoorIsOpen, goto = Open)]
    #[ignore(SwitchedOn)]
    Closed,
    /// It is open, and stays so.
    #[ignore(DoorIsOpen)]
    #[on(SwitchedOn, do = refuse)]
    Open,
}

impl DoorSafetyMonitor {
    fn refuse(&mut self) {
        spec::assert!(false, "something is switched on while the door is open");
    }
}
