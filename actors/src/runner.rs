//! The life of an actor: from its start state to its halt.

use std::any::{Any, TypeId};
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::task::Poll;

use coyote_spec::State;

use crate::actor::{Actor, OnFailure, Reaction, Then};
use crate::context::{Context, Next};
use crate::event::{AnyEvent, Halt};
use crate::failure::{Failure, FailureKind};
use crate::log::{LogEvent, Step};
use crate::mailbox::{Call, Envelope, Inbox};
use crate::rt::{self, Place};

/// What an actor finds to do.
enum Found {
    Event(Envelope),
    Call(Call),
    /// There is nothing, and the state has a rule for that.
    Idle,
}

/// Whether the actor goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Life {
    Alive,
    /// It is to halt, with `on_halt`.
    Halting,
    /// It has failed: it handles nothing more.
    Failed,
}

/// Runs an actor.
pub(crate) async fn run<A: Actor>(actor: A, context: Context<A>, place: Place) {
    let mut run = Run { actor, context, place, idled: false, ended: false };
    run.live().await;
}

struct Run<A: Actor> {
    actor: A,
    context: Context<A>,
    /// Where it was created.
    place: Place,
    /// The rule for having nothing to do has been followed since the last event.
    idled: bool,
    ended: bool,
}

impl<A: Actor> Run<A> {
    async fn live(&mut self) {
        let start = self.context.state();
        self.log(LogEvent::StateEntered { actor: &self.context.id, state: start.name() });
        let mut life = self.act(A::entry(start), None, Step::Entry).await;
        if life == Life::Alive {
            life = self.settle().await;
        }
        while life == Life::Alive {
            life = match self.find().await {
                Found::Event(envelope) => self.take(envelope).await,
                Found::Call(call) => {
                    call(&mut self.actor, &mut self.context);
                    self.settle().await
                }
                Found::Idle => self.idle().await,
            };
            rt::let_others_go().await;
        }
        self.end(life).await;
    }

    async fn end(&mut self, life: Life) {
        self.context.is_leaving = true;
        self.context.stop_timers();
        if life == Life::Halting {
            let halt = catch(self.actor.on_halt(&mut self.context)).await;
            let _ = self.judge(halt);
        }
        let (id, runtime) = (self.context.id.clone(), self.context.runtime.clone());
        id.0.halt(&runtime, &id, self.place);
        self.ended = true;
        runtime.inner.idle();
        runtime.inner.halted();
    }

    fn log(&self, event: LogEvent<'_>) {
        let place = self.context.handling.map_or(self.place, |(_, place)| place);
        self.context.runtime.log(place, event);
    }

    /// Waits for something to do.
    async fn find(&mut self) -> Found {
        let Run { context, place, idled, .. } = self;
        let Context { id, runtime, stack, .. } = context;
        let may_idle = !*idled && stack.last().is_some_and(|&state| A::idle(state).is_some());
        id.0.before_receive(place);
        let found = poll_fn(|cx| {
            let mut ignored = runtime.is_heard().then(Vec::new);
            let found = id.0.pick(runtime, cx.waker(), place, |inbox| {
                look::<A>(inbox, stack, may_idle, ignored.as_mut())
            });
            for event in ignored.into_iter().flatten() {
                runtime.log(place, LogEvent::Ignored { actor: id, event });
            }
            found.map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        *idled = matches!(found, Found::Idle);
        found
    }

    /// Handles an event from the inbox.
    async fn take(&mut self, envelope: Envelope) -> Life {
        if let Some(timer) = &envelope.timer {
            timer.taken();
        }
        let (event, state) = (envelope.event.name(), self.context.state().name());
        self.context.handling = Some((event, envelope.place));
        self.log(LogEvent::Dequeued { actor: &self.context.id, state, event });
        self.context.group.clone_from(&envelope.group);
        let life = self.handle(envelope).await;
        let life = if life == Life::Alive { self.settle().await } else { life };
        self.context.group = None;
        self.context.trigger = None;
        life
    }

    async fn idle(&mut self) -> Life {
        let state = self.context.state();
        self.log(LogEvent::Idle { actor: &self.context.id, state: state.name() });
        let Some(Reaction::Act { action, then }) = A::idle(state) else { return Life::Alive };
        let life = self.act(action, None, Step::Do).await;
        let life = if life == Life::Alive { self.transit(then, "being idle").await } else { life };
        if life == Life::Alive { self.settle().await } else { life }
    }

    /// Does what actions have asked for, until they ask for nothing more.
    async fn settle(&mut self) -> Life {
        while let Some(next) = self.context.next.take() {
            let life = match next {
                Next::Raise(envelope) => {
                    let event = envelope.event.name();
                    self.log(LogEvent::Raised { actor: &self.context.id, event });
                    self.context.handling = Some((event, envelope.place));
                    self.handle(envelope).await
                }
                Next::Goto(state) => self.goto(state).await,
                Next::Push(state) => self.push(state).await,
                Next::Pop => self.pop(false).await,
                Next::Halt => Life::Halting,
            };
            if life != Life::Alive {
                return life;
            }
            self.idled = false;
        }
        Life::Alive
    }

    /// Handles an event by the rules of the current state, or pops until there is a rule.
    async fn handle(&mut self, envelope: Envelope) -> Life {
        let (id, name) = (envelope.event.id(), envelope.event.name());
        loop {
            match rule::<A>(&self.context.stack, id) {
                Some(Reaction::Act { action, then }) => {
                    let mut event = Some(envelope.event);
                    if action.is_some() {
                        let life = self.act(action, event.take(), Step::Do).await;
                        if life != Life::Alive {
                            return life;
                        }
                    }
                    self.context.trigger = event;
                    return self.transit(then, name).await;
                }
                // Only one that was raised comes here with such a rule.
                Some(Reaction::Ignore) => {
                    self.log(LogEvent::Ignored { actor: &self.context.id, event: name });
                    return Life::Alive;
                }
                Some(Reaction::Defer) => {
                    self.log(LogEvent::Deferred { actor: &self.context.id, event: name });
                    self.context.id.0.with(|inbox| inbox.queue.push_back(envelope));
                    return Life::Alive;
                }
                None if id == TypeId::of::<Halt>() => return Life::Halting,
                None if self.context.stack.len() > 1 => {
                    let life = self.pop(true).await;
                    if life != Life::Alive {
                        return life;
                    }
                }
                None => {
                    let state = self.context.state().name();
                    let at = if state.is_empty() { String::new() } else { format!(" in state {state}") };
                    let message = format!("{} does not handle {name}{at}", self.context.id);
                    let place = Some(envelope.place);
                    return self.fail(FailureKind::Unhandled, message, place);
                }
            }
        }
    }

    /// Makes the transition of a rule, after its action.
    async fn transit(&mut self, then: Then<A::State>, event: &str) -> Life {
        let target = match then {
            Then::Stay => return Life::Alive,
            Then::Goto(target) | Then::Push(target) => target,
        };
        if self.context.next.is_some() {
            if matches!(self.context.next, Some(Next::Halt)) {
                return Life::Halting;
            }
            let id = &self.context.id;
            let message =
                format!("{id}: the action for {event} asks for something, but leads to {}", target.name());
            return self.fail(FailureKind::Conflict, message, None);
        }
        match then {
            Then::Goto(target) => self.goto(target).await,
            Then::Push(target) => self.push(target).await,
            Then::Stay => Life::Alive,
        }
    }

    async fn goto(&mut self, target: A::State) -> Life {
        let from = self.context.state().name();
        self.log(LogEvent::Goto { actor: &self.context.id, from, to: target.name() });
        let life = self.leave().await;
        if life != Life::Alive {
            return life;
        }
        self.context.stack.pop();
        self.enter(target).await
    }

    async fn push(&mut self, target: A::State) -> Life {
        let from = self.context.state().name();
        self.log(LogEvent::Push { actor: &self.context.id, from, to: target.name() });
        self.enter(target).await
    }

    async fn pop(&mut self, unhandled: bool) -> Life {
        let life = self.leave().await;
        if life != Life::Alive {
            return life;
        }
        let from = self.context.state().name();
        self.context.stack.pop();
        let to = self.context.state().name();
        self.context.id.0.set_state(to);
        self.log(LogEvent::Pop { actor: &self.context.id, from, to, unhandled });
        Life::Alive
    }

    /// Runs the exit action of the current state, which can ask for nothing.
    async fn leave(&mut self) -> Life {
        let state = self.context.state();
        self.context.is_leaving = true;
        let life = self.act(A::exit(state), None, Step::Exit).await;
        self.context.is_leaving = false;
        self.log(LogEvent::StateExited { actor: &self.context.id, state: state.name() });
        life
    }

    async fn enter(&mut self, target: A::State) -> Life {
        self.context.stack.push(target);
        self.context.id.0.set_state(target.name());
        self.log(LogEvent::StateEntered { actor: &self.context.id, state: target.name() });
        self.act(A::entry(target), None, Step::Entry).await
    }

    /// Runs an action.
    async fn act(&mut self, action: Option<u16>, event: Option<AnyEvent>, step: Step) -> Life {
        let Some(action) = action else { return Life::Alive };
        let state = self.context.state().name();
        let event_name = event.as_ref().map(AnyEvent::name);
        let outcome = catch(self.actor.act(&mut self.context, action, event)).await;
        let life = self.judge(outcome);
        if life == Life::Alive {
            self.log(LogEvent::Acted { actor: &self.context.id, state, event: event_name, step });
        }
        life
    }

    /// Decides what becomes of an action's failure.
    fn judge(&mut self, outcome: Caught) -> Life {
        let (kind, message, payload) = match outcome {
            Caught::Returned(Ok(())) => return Life::Alive,
            Caught::Returned(Err(error)) => (FailureKind::Error, error.to_string(), None),
            Caught::Panicked(payload) => (FailureKind::Panic, text(&*payload), Some(payload)),
        };
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

    fn fail(&mut self, kind: FailureKind, message: String, place: Option<Place>) -> Life {
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

impl<A: Actor> Drop for Run<A> {
    /// The task is gone before the actor has halted: it panicked, or its tokio runtime was shut down.
    fn drop(&mut self) {
        if !self.ended {
            self.context.stop_timers();
            self.context.id.0.abandon(&self.context.runtime);
            self.context.runtime.inner.halted();
        }
    }
}

/// Returns the rule for an event: that of the current state, or else what it inherits from those below.
fn rule<A: Actor>(stack: &[A::State], event: TypeId) -> Option<Reaction<A::State>> {
    let (&current, below) = stack.split_last()?;
    if let Some(reaction) = A::reaction(current, event) {
        return Some(reaction);
    }
    let inherited = below.iter().rev().find_map(|&state| A::reaction(state, event))?;
    // Transitions are not inherited: they are of the state that they leave.
    let stays = !matches!(inherited, Reaction::Act { then: Then::Goto(_) | Then::Push(_), .. });
    stays.then_some(inherited)
}

/// Takes the first event that is neither deferred nor ignored out of an inbox. Says which were ignored.
fn look<A: Actor>(
    inbox: &mut Inbox,
    stack: &[A::State],
    may_idle: bool,
    mut ignored: Option<&mut Vec<&'static str>>,
) -> Option<Found> {
    if let Some(call) = inbox.calls.pop_front() {
        return Some(Found::Call(call));
    }
    let mut at = 0;
    while let Some(envelope) = inbox.queue.get(at) {
        let is_stale = envelope.timer.as_ref().is_some_and(|timer| !timer.counts());
        match if is_stale { Some(Reaction::Ignore) } else { rule::<A>(stack, envelope.event.id()) } {
            Some(Reaction::Ignore) => {
                let Some(envelope) = inbox.queue.remove(at) else { continue };
                if let Some(ignored) = &mut ignored {
                    ignored.push(envelope.event.name());
                }
                if let Some(timer) = envelope.timer {
                    timer.taken();
                }
            }
            Some(Reaction::Defer) => at += 1,
            _ => return inbox.queue.remove(at).map(Found::Event),
        }
    }
    may_idle.then_some(Found::Idle)
}

/// What came of an action.
enum Caught {
    Returned(crate::handler::Outcome),
    Panicked(Box<dyn Any + Send>),
}

/// Runs an action, and catches what it panics with, unless that is its task being cancelled.
async fn catch(action: impl Future<Output = crate::handler::Outcome> + Send) -> Caught {
    let mut action = pin!(action);
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| action.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Caught::Returned),
        Err(payload) if rt::is_cancellation(&*payload) => resume_unwind(payload),
        Err(payload) => Poll::Ready(Caught::Panicked(payload)),
    })
    .await
}

/// Returns what a panic said.
fn text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic with a payload that is no string".to_owned())
}
