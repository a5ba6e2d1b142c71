//! Systematic concurrency testing for unmodified tokio and std programs.
//!
//! A test marked `#[coyote::test]` is run again and again, each time under another schedule of its
//! tasks. Every bug found is replayed at once, and can be replayed exactly, in any process, from the
//! trace that the report names.
//!
//! With the feature `control` off, all of this is inert: `#[coyote::test]` is an ordinary test,
//! `#[coyote::instrument]` does nothing, and choices are random.

#[cfg(feature = "actors")]
pub mod actors;
#[cfg(feature = "control")]
mod artefacts;
mod choices;
#[cfg(feature = "control")]
mod classes;
#[cfg(feature = "control")]
mod config;
#[cfg(feature = "control")]
mod explorer;
#[cfg(feature = "control")]
mod instrument;
#[cfg(all(feature = "control", unix))]
mod isolated;
#[cfg(feature = "control")]
mod plain;
#[cfg(feature = "control")]
mod progress;
#[cfg(feature = "control")]
mod regressions;
#[cfg(feature = "control")]
mod report;
#[cfg(feature = "control")]
mod settings;
#[cfg(feature = "control")]
mod shrink;
pub mod spec;
#[cfg(feature = "control")]
mod summary;
#[cfg(feature = "control")]
mod testing;

pub use choices::{choose, random_bool, random_range};
pub use coyote_macros::{instrument, test};

#[cfg(feature = "control")]
pub use classes::Until;
#[cfg(feature = "control")]
pub use config::{Config, Isolate, Lanes};
#[cfg(feature = "control")]
pub use coyote_engine::strategy::StrategySpec;
#[cfg(feature = "control")]
pub use coyote_engine::trace::{Trace, TraceError};
#[cfg(feature = "control")]
pub use coyote_engine::{
    Awaits, Crash, Deadlock, Detector, Divergence, End, Failure, FailureKind, Granularity, Holder, Leaks,
    Livelock, OpKind, Preempted, RecordedStep, Recording, Starved, Time, UnobservedPanic, Unpolled, Waiting,
    WaitingOn, Warning,
};
#[cfg(all(feature = "control", feature = "futures"))]
pub use coyote_shim::futures;
#[cfg(feature = "control")]
pub use coyote_shim::std;
#[cfg(feature = "control")]
pub use explorer::{Explorer, TestResult};
#[cfg(feature = "control")]
pub use report::{Bug, Report, Shrinking, Statistics};
#[cfg(feature = "control")]
pub use settings::SettingError;

/// The mirror of `tokio`, for paths written by hand.
#[cfg(feature = "control")]
pub mod tokio {
    #[doc(hidden)]
    pub use crate::__private;
    pub use coyote_shim::tokio::*;
}

/// What the macros expand to. No part of the interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::__coyote_if_control as if_control;
    #[cfg(feature = "control")]
    pub use crate::classes::Until;
    #[cfg(feature = "control")]
    pub use crate::config::{Isolate, Lanes, Regressions};
    #[cfg(feature = "control")]
    pub use crate::instrument::{PerExecution, at_async_entry, at_await, at_loop, destroys, written};
    #[cfg(feature = "control")]
    pub use crate::testing::{Flavor, TestSpec, TokioTest};
    #[cfg(feature = "control")]
    pub use coyote_engine::strategy::check as check_strategy;
    #[cfg(feature = "control")]
    pub use coyote_engine::{Granularity, Leaks, Time, UnobservedPanic};
}

/// Expands to the first of two groups if control is on, and to the second if it is off.
#[cfg(feature = "control")]
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_if_control {
    ({ $($on:tt)* } { $($off:tt)* }) => { $($on)* };
}

/// Expands to the first of two groups if control is on, and to the second if it is off.
#[cfg(not(feature = "control"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_if_control {
    ({ $($on:tt)* } { $($off:tt)* }) => { $($off)* };
}
