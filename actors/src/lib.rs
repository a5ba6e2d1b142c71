//! Actors and state machines for coyote-rs. Users reach them as `coyote::actors`, whose documentation is
//! the guide to them.

mod actor;
mod context;
mod coverage;
mod event;
mod failure;
mod graph;
mod group;
mod handler;
mod id;
mod log;
mod mailbox;
mod receive;
mod rt;
mod runner;
mod runtime;
mod shared;
mod testkit;
mod timer;

pub use actor::{Actor, Machine, OnFailure, Stateless};
pub use context::Context;
pub use coverage::{Coverage, Covered, CoveredRule};
pub use coyote_macros::{Event, actor, machine};
pub use coyote_spec::{Declaration, DeclaredRule, DeclaredState, RuleKind, State};
pub use event::{AnyEvent, Event, Halt};
pub use failure::{Failure, FailureKind};
pub use graph::{Edge, Graph, Node};
pub use group::{Awaited, EventGroup};
pub use id::ActorId;
#[cfg(feature = "tracing")]
pub use log::TracingLog;
pub use log::{Log, LogEvent, TextLog};
pub use mailbox::SendOptions;
pub use receive::{ReceiveAny, Received};
pub use runtime::{Builder, Runtime, Timers};
pub use shared::{SharedCounter, SharedDictionary, SharedRegister};
pub use testkit::{Probe, TestKit};
pub use timer::Timer;

/// What the macros expand to. No part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::actor::{Reaction, Then};
    pub use crate::event::{is_halt, take, whole};
    pub use crate::handler::{Handler, Outcome};
}
