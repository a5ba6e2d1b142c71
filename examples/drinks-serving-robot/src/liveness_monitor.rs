//! What has to happen in the end: whoever waits is served.

use coyote::spec;

/// The robot has begun to serve: it asks for an order, or for the way.
pub struct IsBusy;

/// The robot has served a drink.
pub struct IsIdle;

/// Demands that a busy robot becomes idle.
#[spec::monitor]
pub enum LivenessMonitor {
    /// Nobody waits for a drink.
    #[start]
    #[cold]
    #[on(IsBusy, goto = Busy)]
    #[ignore(IsIdle)]
    Idle,
    /// A drink is to be served.
    #[hot]
    #[on(IsIdle, goto = Idle)]
    #[ignore(IsBusy)]
    Busy,
}
