//! Specifications for coyote-rs: assertions, and monitors of safety and liveness. Users reach them as
//! `coyote::spec`, whose documentation is the guide to them.

mod check;
mod declaration;
mod eventually;
mod instance;
mod monitor;
mod production;
mod registry;

pub use crate::__coyote_spec_assert as assert;
pub use declaration::{Declaration, DeclaredRule, DeclaredState, RuleKind, State};
pub use eventually::{Eventually, eventually};
pub use monitor::{Context, Monitor, Observes, Temperature};
pub use production::{Violation, enable, hot_monitors};
pub use registry::{add_state, monitor, register};

/// What the macros expand to. No part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::check::{Shown, violated};
    pub use crate::monitor::{Act, Reaction, act, take};
}
