//! What has to happen in the end.

use coyote::spec;

/// A machine has something to do.
pub struct IsBusy;

/// A machine has done it, has said that it cannot, or is gone.
pub struct IsIdle;

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
