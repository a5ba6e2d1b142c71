//! What happens to actors, told to whoever wants to know.

mod text;
#[cfg(feature = "tracing")]
mod tracing;

pub use text::TextLog;
#[cfg(feature = "tracing")]
pub use tracing::TracingLog;

use std::fmt;
use std::sync::Arc;

use coyote_spec::Declaration;

use crate::actor::OnFailure;
use crate::failure::Failure;
use crate::id::ActorId;

/// Takes what happens to the actors of a runtime. It is called where that happens, so it should be quick, and
/// must not send.
pub trait Log: Send + Sync {
    /// Takes one event.
    fn log(&self, event: &LogEvent<'_>);
}

impl<L: Log + ?Sized> Log for Arc<L> {
    fn log(&self, event: &LogEvent<'_>) {
        (**self).log(event);
    }
}

/// Which kind of action has been done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// A handler.
    Do,
    /// The entry action of a state.
    Entry,
    /// The exit action of a state.
    Exit,
}

/// What happened. States are by name, and empty for actors without any.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields say what they are")]
pub enum LogEvent<'a> {
    /// An actor was created, by another or from outside.
    Created { actor: &'a ActorId, creator: Option<&'a ActorId>, declaration: &'static Declaration },
    /// An event is sent, by an actor in a state, or from outside.
    Sent { from: Option<&'a ActorId>, state: &'a str, to: &'a ActorId, event: &'static str },
    /// An event was put into an inbox.
    Enqueued { actor: &'a ActorId, event: &'static str },
    /// An event was sent to an actor that had halted, or was left when it did.
    Dropped { actor: &'a ActorId, event: &'static str },
    /// An event was taken from the inbox, to be handled.
    Dequeued { actor: &'a ActorId, state: &'a str, event: &'static str },
    /// An actor has raised an event, which is handled next.
    Raised { actor: &'a ActorId, event: &'static str },
    /// An event was dropped by a rule.
    Ignored { actor: &'a ActorId, event: &'static str },
    /// A raised event was deferred by a rule.
    Deferred { actor: &'a ActorId, event: &'static str },
    /// There is nothing to handle, and the state has a rule for that.
    Idle { actor: &'a ActorId, state: &'a str },
    /// An actor waits for certain events in the middle of a handler.
    Waiting { actor: &'a ActorId, state: &'a str },
    /// That event came.
    Received { actor: &'a ActorId, state: &'a str, event: &'static str },
    /// An action is done.
    Acted { actor: &'a ActorId, state: &'a str, event: Option<&'static str>, step: Step },
    /// A state was entered.
    StateEntered { actor: &'a ActorId, state: &'a str },
    /// A state was left.
    StateExited { actor: &'a ActorId, state: &'a str },
    /// A state takes the place of another.
    Goto { actor: &'a ActorId, from: &'a str, to: &'a str },
    /// A state is put on top of another.
    Push { actor: &'a ActorId, from: &'a str, to: &'a str },
    /// A state was taken off another: because that was asked for, or because it had no rule for an event.
    Pop { actor: &'a ActorId, from: &'a str, to: &'a str, unhandled: bool },
    /// A timer was started.
    TimerStarted { actor: &'a ActorId, event: &'static str },
    /// A timer was stopped.
    TimerStopped { actor: &'a ActorId },
    /// A timer sends its event.
    TimerElapsed { actor: &'a ActorId, event: &'static str },
    /// An action failed, and what becomes of it.
    Failed { actor: &'a ActorId, failure: &'a Failure, decision: OnFailure },
    /// An actor has halted; this many events were left.
    Halted { actor: &'a ActorId, left: usize },
}

impl LogEvent<'_> {
    /// Returns whether a reader of an interleaving wants to know it.
    pub(crate) fn is_telling(&self) -> bool {
        !matches!(
            self,
            LogEvent::Enqueued { .. }
                | LogEvent::Acted { .. }
                | LogEvent::StateExited { .. }
                | LogEvent::StateEntered { .. }
        )
    }
}

/// What there is about a state: ` in Name`, or nothing.
struct In<'a>(&'a str);

impl fmt::Display for In<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " in {}", self.0) }
    }
}

impl fmt::Display for LogEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LogEvent::Created { actor, creator: Some(creator), .. } => write!(f, "{creator} creates {actor}"),
            LogEvent::Created { actor, creator: None, .. } => write!(f, "{actor} is created"),
            LogEvent::Sent { from: Some(from), state, to, event } => {
                write!(f, "{from}{} sends {event} to {to}", In(state))
            }
            LogEvent::Sent { from: None, to, event, .. } => write!(f, "{event} is sent to {to}"),
            LogEvent::Enqueued { actor, event } => write!(f, "{event} is in the inbox of {actor}"),
            LogEvent::Dropped { actor, event } => write!(f, "{event} is lost: {actor} has halted"),
            LogEvent::Dequeued { actor, state, event } => write!(f, "{actor}{} takes {event}", In(state)),
            LogEvent::Raised { actor, event } => write!(f, "{actor} raises {event}"),
            LogEvent::Ignored { actor, event } => write!(f, "{actor} ignores {event}"),
            LogEvent::Deferred { actor, event } => write!(f, "{actor} defers {event}"),
            LogEvent::Idle { actor, state } => write!(f, "{actor}{} has nothing to handle", In(state)),
            LogEvent::Waiting { actor, state } => write!(f, "{actor}{} waits to receive", In(state)),
            LogEvent::Received { actor, state, event } => write!(f, "{actor}{} receives {event}", In(state)),
            LogEvent::Acted { actor, state, event, step } => {
                let action = match (step, event) {
                    (Step::Entry, _) => "entry action",
                    (Step::Exit, _) => "exit action",
                    (Step::Do, Some(event)) => event,
                    (Step::Do, None) => "idle action",
                };
                write!(f, "{actor}{} has done {action}", In(state))
            }
            LogEvent::StateEntered { actor, state } => write!(f, "{actor} is{}", In(state)),
            LogEvent::StateExited { actor, state } => write!(f, "{actor} leaves {state}"),
            LogEvent::Goto { actor, from, to } => write!(f, "{actor} goes from {from} to {to}"),
            LogEvent::Push { actor, from, to } => write!(f, "{actor} pushes {to} onto {from}"),
            LogEvent::Pop { actor, from, to, unhandled: false } => {
                write!(f, "{actor} pops {from}, back to {to}")
            }
            LogEvent::Pop { actor, from, to, unhandled: true } => {
                write!(f, "{actor} pops {from}, which has no rule for it, back to {to}")
            }
            LogEvent::TimerStarted { actor, event } => write!(f, "{actor} starts a timer for {event}"),
            LogEvent::TimerStopped { actor } => write!(f, "{actor} stops a timer"),
            LogEvent::TimerElapsed { actor, event } => write!(f, "a timer of {actor} sends {event}"),
            LogEvent::Failed { actor, failure, decision } => {
                let then = match decision {
                    OnFailure::Fail => "",
                    OnFailure::Continue => ", and goes on",
                    OnFailure::Halt => ", and halts",
                };
                write!(f, "{actor} fails{then}: {failure}")
            }
            LogEvent::Halted { actor, left: 0 } => write!(f, "{actor} has halted"),
            LogEvent::Halted { actor, left } => write!(f, "{actor} has halted, with {left} events left"),
        }
    }
}
