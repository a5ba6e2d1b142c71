//! What goes wrong in an actor.

use std::fmt;
use std::panic::Location;

/// A failure of an actor.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The actor.
    pub actor: String,
    /// The state it was in.
    pub state: &'static str,
    /// The event it was handling, or was to handle.
    pub event: Option<&'static str>,
    /// What kind of failure.
    pub kind: FailureKind,
    /// What is wrong, in words.
    pub message: String,
    /// Where, as far as known: for an event, where it was sent.
    pub place: Option<&'static Location<'static>>,
}

/// What kind of failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum FailureKind {
    /// A handler panicked.
    Panic,
    /// A handler returned an error.
    Error,
    /// An action asked for something although its rule leads to another state.
    Conflict,
    /// No state on the stack has a rule for the event.
    Unhandled,
    /// An event that must be handled was sent to an actor that had halted, or that halted before.
    MustHandle,
    /// More events of a type are in an inbox than whoever sent one allows.
    TooMany,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
