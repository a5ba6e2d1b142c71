//! The life of an actor: from its start state to its halt.

mod find;
mod trouble;

use std::any::TypeId;
use std::future::{Future, poll_fn};
use std::pin::pin;

use coyote_spec::State;
use find::{Found, rule};
use trouble::{Trouble, poll_caught};

use crate::actor::{Actor, Reaction, Then};
use crate::context::{Context, Next};
use crate::event::{AnyEvent, Halt};
use crate::failure::FailureKind;
use crate::log::{LogEvent, Step};
use crate::rt::{self, Place};

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
pub(crate) fn run<A: Actor>(
    actor: A,
    context: Context<A>,
    place: Place,
) -> impl Future<Output = ()> + Send + 'static {
    Run { actor, context, place, idled: false, ended: false }.live()
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
    async fn live(mut self) {
        let start = self.context.state();
        self.log(LogEvent::StateEntered { actor: &self.context.id, state: start.name() });
        let mut life = self.act(A::entry(start), None, Step::Entry).await;
        if life == Life::Alive {
            life = self.settle().await;
        }
        while life == Life::Alive {
            // What is handled next was not led to by what was handled before.
            self.context.group = None;
            self.context.trigger = None;
            self.context.id.0.before_receive(self.place);
            let mut found = Found::nothing();
            let mut at_once = true;
            poll_fn(|cx| {
                let polled = self.find(cx, &mut found);
                at_once &= polled.is_ready();
                polled
            })
            .await;
            self.idled = false;
            life = if let Some(action) = found.only_action() {
                // What most events lead to. Here rather than in `handle`, so that it takes no future in a future in a
                // future.
                let told = found.event.as_mut().and_then(|event| {
                    let told = self.begin(event);
                    self.context.group = event.stamp_mut().group.take();
                    told
                });
                let result = {
                    let mut action = pin!(self.actor.act(&mut self.context, action, found.event.take()));
                    poll_fn(|cx| poll_caught(action.as_mut(), cx)).await
                };
                let life = self.acted(result, told, Step::Do);
                if life == Life::Alive && self.context.next.is_some() { self.settle().await } else { life }
            } else if let Some(event) = found.event.take() {
                self.take(event).await
            } else if let Some(call) = found.call.take() {
                call(&mut self.actor, &mut self.context);
                self.settle().await
            } else {
                self.idled = true;
                self.idle().await
            };
            // The first that a poll finds is what it was woken for.
            if at_once {
                rt::let_others_go().await;
            }
        }
        self.end(life).await;
    }

    async fn end(&mut self, life: Life) {
        self.context.is_leaving = true;
        self.context.stop_timers();
        if life == Life::Halting {
            let result = {
                let mut action = pin!(self.actor.on_halt(&mut self.context));
                poll_fn(|cx| poll_caught(action.as_mut(), cx)).await
            };
            if let Err(trouble) = result {
                let _ = self.judge(*trouble);
            }
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

    /// Notes that an event from the inbox is handled from now on.
    #[inline(always)]
    fn begin(&mut self, event: &mut AnyEvent) -> Option<Told> {
        if let Some(timer) = event.stamp_mut().timer.take() {
            timer.taken();
        }
        self.context.handling = Some((event.name(), event.stamp().place));
        let told = self.to_tell(Some(event));
        if let Some(Told { state, .. }) = told {
            self.log(LogEvent::Dequeued { actor: &self.context.id, state, event: event.name() });
        }
        told
    }

    /// Handles an event from the inbox.
    async fn take(&mut self, mut event: AnyEvent) -> Life {
        self.begin(&mut event);
        self.context.group.clone_from(&event.stamp().group);
        let life = self.handle(event).await;
        if life == Life::Alive { self.settle().await } else { life }
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
                Next::Raise(event) => {
                    let (name, place) = (event.name(), event.stamp().place);
                    self.log(LogEvent::Raised { actor: &self.context.id, event: name });
                    self.context.handling = Some((name, place));
                    self.handle(event).await
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
    async fn handle(&mut self, event: AnyEvent) -> Life {
        let (id, name, place) = (event.id(), event.name(), event.stamp().place);
        loop {
            match rule::<A>(&self.context.stack, id) {
                Some(Reaction::Act { action, then }) => {
                    let mut event = Some(event);
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
                    self.context.id.0.with(|inbox| inbox.queue.push_back(event));
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
                    return self.fail(FailureKind::Unhandled, message, Some(place));
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
        // It has an idle rule of its own.
        self.idled = false;
        self.context.id.0.set_state(target.name());
        self.log(LogEvent::StateEntered { actor: &self.context.id, state: target.name() });
        self.act(A::entry(target), None, Step::Entry).await
    }

    /// Runs an action.
    async fn act(&mut self, action: Option<u16>, event: Option<AnyEvent>, step: Step) -> Life {
        let Some(action) = action else { return Life::Alive };
        let told = self.to_tell(event.as_ref());
        let result = {
            let mut action = pin!(self.actor.act(&mut self.context, action, event));
            poll_fn(|cx| poll_caught(action.as_mut(), cx)).await
        };
        self.acted(result, told, step)
    }

    /// Returns what is to be told of an action once it has been run, if anybody listens.
    fn to_tell(&self, event: Option<&AnyEvent>) -> Option<Told> {
        let told = || Told { state: self.context.state().name(), event: event.map(AnyEvent::name) };
        self.context.runtime.is_heard().then(told)
    }

    /// An action was run.
    #[inline(always)]
    fn acted(&mut self, result: Result<(), Box<Trouble>>, told: Option<Told>, step: Step) -> Life {
        let life = match result {
            Ok(()) => Life::Alive,
            Err(trouble) => self.judge(*trouble),
        };
        if life == Life::Alive
            && let Some(Told { state, event }) = told
        {
            self.log(LogEvent::Acted { actor: &self.context.id, state, event, step });
        }
        life
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

/// What is told of an action: the state that it began in, and its event.
struct Told {
    state: &'static str,
    event: Option<&'static str>,
}
