//! The two runtimes under the actors: the engine, while an exploration runs here, and tokio.
//!
//! All that the rest of the crate knows of control is in this file.

#[cfg(feature = "control")]
mod controlled;
#[cfg(not(feature = "control"))]
mod plain;

#[cfg(feature = "control")]
pub(crate) use controlled::*;
#[cfg(not(feature = "control"))]
pub(crate) use plain::*;

use std::panic::Location;

/// Where something was asked for.
pub(crate) type Place = &'static Location<'static>;

/// What an actor does that others can see.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Send,
    Receive,
    Halt,
    Read,
    Write,
    Update,
    Wait,
}
