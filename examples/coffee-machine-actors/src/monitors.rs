//! What has to happen, and what must not.

use coyote::spec;

/// A machine has something to do.
pub(crate) struct IsBusy;

/// A machine has done it, or has said that it cannot.
pub(crate) struct IsIdle;

/// Demands that a busy machine becomes idle.
#[spec::monitor]
pub enum LivenessMonitor {
    /// Nothing is asked of the machine.
    #[start]
    #[cold]
    #[on(IsBusy, goto = Busy)]
    #[ignore(IsIdle)]
    Idle,
    /// Somebody waits for coffee.
    #[hot]
    #[on(IsIdle, goto = Idle)]
    #[ignore(IsBusy)]
    Busy,
}

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
