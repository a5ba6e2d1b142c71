//! Actions that fail, and what becomes of that.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context as PollContext, Poll};

use coyote_spec::State;

use super::{Life, Run};
use crate::actor::{Actor, OnFailure};
use crate::failure::{Failure, FailureKind};
use crate::handler::Outcome;
use crate::log::LogEvent;
use crate::rt::{self, Place};

/// What an action has failed with.
pub(super) struct Trouble {
    kind: FailureKind,
    message: String,
    payload: Option<Box<dyn Any + Send>>,
}

impl<A: Actor> Run<A> {
    /// Decides what becomes of an action's failure.
    #[cold]
    pub(super) fn judge(&mut self, Trouble { kind, message, payload }: Trouble) -> Life {
        let failure = self.failure(kind, message, None);
        let decision = self.actor.on_failure(&mut self.context, &failure);
        self.log(LogEvent::Failed { actor: &self.context.id, failure: &failure, decision });
        match (decision, payload) {
            (OnFailure::Continue, _) => {
                self.context.next = None;
                Life::Alive
            }
            (OnFailure::Halt, _) => Life::Halting,
            (OnFailure::Fail, Some(payload)) if rt::is_explored() => resume_unwind(payload),
            (OnFailure::Fail, _) => {
                let message = format!("{} failed: {}", self.context.id, failure.message);
                self.context.runtime.fail(Failure { message, ..failure });
                Life::Failed
            }
        }
    }

    pub(super) fn fail(&mut self, kind: FailureKind, message: String, place: Option<Place>) -> Life {
        let failure = self.failure(kind, message, place);
        let decision = self.actor.on_failure(&mut self.context, &failure);
        self.log(LogEvent::Failed { actor: &self.context.id, failure: &failure, decision });
        match decision {
            OnFailure::Continue => {
                self.context.next = None;
                Life::Alive
            }
            OnFailure::Halt => Life::Halting,
            OnFailure::Fail => {
                self.context.runtime.fail(failure);
                Life::Failed
            }
        }
    }

    fn failure(&self, kind: FailureKind, message: String, place: Option<Place>) -> Failure {
        let (actor, state) = (self.context.id.to_string(), self.context.state().name());
        let event = self.context.handling.map(|(event, _)| event);
        let place = place.or(self.context.handling.map(|(_, place)| place));
        Failure { actor, state, event, kind, message, place }
    }
}

/// Polls an action, and catches what it panics with, unless that is its task being cancelled.
#[inline(always)]
pub(super) fn poll_caught(
    action: Pin<&mut impl Future<Output = Outcome>>,
    cx: &mut PollContext<'_>,
) -> Poll<Result<(), Box<Trouble>>> {
    match catch_unwind(AssertUnwindSafe(|| action.poll(cx))) {
        Ok(Poll::Ready(Ok(()))) => Poll::Ready(Ok(())),
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(Err(error))) => {
            let (kind, message) = (FailureKind::Error, error.0.to_string());
            Poll::Ready(Err(Box::new(Trouble { kind, message, payload: None })))
        }
        Err(payload) if rt::is_cancellation(&*payload) => resume_unwind(payload),
        Err(payload) => {
            let (kind, message) = (FailureKind::Panic, text(&*payload));
            Poll::Ready(Err(Box::new(Trouble { kind, message, payload: Some(payload) })))
        }
    }
}

/// Returns what a panic said.
fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic with a payload that is no string".to_owned())
}
