//! What a handler can do.

use std::panic::Location;
use std::time::Duration;

use coyote_spec::State;

use crate::actor::{Actor, Machine};
use crate::event::{AnyEvent, Event};
use crate::group::EventGroup;
use crate::id::ActorId;
use crate::log::LogEvent;
use crate::mailbox::SendOptions;
use crate::rt::Place;
use crate::runtime::Runtime;
use crate::timer::{self, Plan, Timer};

/// What an actor's handlers are given: who the actor is, what it can do to others, and what it asks for
/// itself.
///
/// One of [`raise`](Context::raise), [`goto`](Context::goto), [`push`](Context::push), [`pop`](Context::pop)
/// and [`halt`](Context::halt) may be asked for in one action; it happens when the action has returned.
pub struct Context<A: Actor> {
    pub(crate) id: ActorId,
    pub(crate) runtime: Runtime,
    /// The states, the current one last.
    pub(crate) stack: Vec<A::State>,
    pub(crate) next: Option<Next<A::State>>,
    pub(crate) group: Option<EventGroup>,
    /// The event that led to the state being entered.
    pub(crate) trigger: Option<AnyEvent>,
    /// What is being handled, for failures.
    pub(crate) handling: Option<(&'static str, Place)>,
    pub(crate) timers: Vec<Timer>,
    /// An exit action, or `on_halt`, is running: it can ask for nothing.
    pub(crate) is_leaving: bool,
}

/// What follows an action.
pub(crate) enum Next<S> {
    Raise(AnyEvent),
    Goto(S),
    Push(S),
    Pop,
    Halt,
}

impl<S> Next<S> {
    fn word(&self) -> &'static str {
        match self {
            Next::Raise(_) => "raise",
            Next::Goto(_) => "goto",
            Next::Push(_) => "push",
            Next::Pop => "pop",
            Next::Halt => "halt",
        }
    }
}

impl<A: Actor> Context<A> {
    pub(crate) fn new(id: ActorId, runtime: Runtime) -> Self {
        let (stack, timers) = (vec![A::start()], Vec::new());
        let (next, group, trigger, handling) = (None, None, None, None);
        Context { id, runtime, stack, next, group, trigger, handling, timers, is_leaving: false }
    }

    /// Returns who the actor is.
    pub fn id(&self) -> &ActorId {
        &self.id
    }

    /// Returns the runtime.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Returns the current state.
    pub fn state(&self) -> A::State {
        *self.stack.last().expect("an actor that acts is in a state")
    }

    /// Returns how many states are on the stack, the current one included.
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    /// Returns how many events are in the inbox.
    pub fn inbox_len(&self) -> usize {
        self.id.inbox_len()
    }

    /// Sends an event.
    #[track_caller]
    pub fn send(&mut self, to: &ActorId, event: impl Event) {
        let event = AnyEvent::sent(event, self.group.clone(), Location::caller());
        to.0.send(&self.runtime, Some(&self.id), to, event, None);
    }

    /// Sends an event with options.
    #[track_caller]
    pub fn send_with(&mut self, to: &ActorId, event: impl Event, options: SendOptions) {
        let SendOptions { must_handle, at_most, group } = options;
        let group = group.unwrap_or_else(|| self.group.clone());
        let mut event = AnyEvent::sent(event, group, Location::caller());
        event.stamp_mut().must_handle = must_handle;
        to.0.send(&self.runtime, Some(&self.id), to, event, at_most);
    }

    /// Creates an actor.
    #[track_caller]
    pub fn create<B: Actor>(&mut self, actor: B) -> ActorId {
        let id = self.runtime.next_id(None);
        self.runtime.create_by(Some(&self.id), &id, actor, Location::caller());
        id
    }

    /// Creates an actor with a name of its own.
    ///
    /// # Panics
    /// Panics if there is an actor of that name that has not halted.
    #[track_caller]
    pub fn create_named<B: Actor>(&mut self, name: &str, actor: B) -> ActorId {
        let id = self.runtime.reserve(name);
        self.runtime.create_by(Some(&self.id), &id, actor, Location::caller());
        id
    }

    /// Handles an event next, before those in the inbox.
    ///
    /// # Panics
    /// Panics if the action has asked for something else already, or can ask for nothing.
    #[track_caller]
    pub fn raise(&mut self, event: impl Event) {
        let event = AnyEvent::sent(event, self.group.clone(), Location::caller());
        self.then(Next::Raise(event));
    }

    /// Halts the actor after this action: what is in its inbox is dropped.
    ///
    /// # Panics
    /// As [`Context::raise`].
    #[track_caller]
    pub fn halt(&mut self) {
        self.then(Next::Halt);
    }

    /// Replaces the current state after this action.
    ///
    /// # Panics
    /// As [`Context::raise`].
    #[track_caller]
    pub fn goto(&mut self, state: A::State)
    where
        A: Machine,
    {
        self.then(Next::Goto(state));
    }

    /// Puts a state on top of the current one after this action. Where it has no rule for an event, the
    /// `do`, `defer` and `ignore` rules of the states below hold.
    ///
    /// # Panics
    /// As [`Context::raise`].
    #[track_caller]
    pub fn push(&mut self, state: A::State)
    where
        A: Machine,
    {
        self.then(Next::Push(state));
    }

    /// Returns to the state below after this action.
    ///
    /// # Panics
    /// As [`Context::raise`], and if there is no state below.
    #[track_caller]
    pub fn pop(&mut self)
    where
        A: Machine,
    {
        if self.stack.len() == 1 {
            panic!("{} pops its only state, {}", self.id, self.state().name());
        }
        self.then(Next::Pop);
    }

    #[track_caller]
    fn then(&mut self, next: Next<A::State>) {
        let asked = next.word();
        if self.is_leaving {
            panic!(
                "{} asks for `{asked}` while it leaves {}: that goes on anyway",
                self.id,
                self.state().name()
            );
        }
        if let Some(earlier) = &self.next {
            let earlier = earlier.word();
            panic!("{} asks for `{asked}` after `{earlier}` in one action: one of the two", self.id);
        }
        self.next = Some(next);
    }

    /// Takes the event that led to this state, in its entry action: what was raised, or received, and not
    /// taken by an action on the way. None if it is of another type.
    pub fn trigger<E: Event>(&mut self) -> Option<E> {
        let event = self.trigger.take()?;
        match event.take() {
            Ok(event) => Some(event),
            Err(other) => {
                self.trigger = Some(other);
                None
            }
        }
    }

    /// Returns the group of the event that is handled.
    pub fn group(&self) -> Option<&EventGroup> {
        self.group.as_ref()
    }

    /// Changes the group of what is sent from now on, in this action.
    pub fn set_group(&mut self, group: Option<EventGroup>) {
        self.group = group;
    }

    /// Starts a timer that sends this actor an event once, after `delay`.
    #[track_caller]
    pub fn start_timer<E: Event>(&mut self, delay: Duration, event: E) -> Timer {
        let mut event = Some(event);
        let once = move || event.take().expect("a timer without a period fires once");
        self.start(delay, None, once, Location::caller())
    }

    /// Starts a timer that sends this actor an event after `first`, and then again and again. The next
    /// period begins when the actor has taken the event: a slow actor is not flooded.
    #[track_caller]
    pub fn start_periodic_timer<E: Event + Clone>(
        &mut self,
        first: Duration,
        period: Duration,
        event: E,
    ) -> Timer {
        self.start(first, Some(period), move || event.clone(), Location::caller())
    }

    fn start<E: Event>(
        &mut self,
        delay: Duration,
        period: Option<Duration>,
        event: impl FnMut() -> E + Send + 'static,
        place: Place,
    ) -> Timer {
        self.runtime.log(place, LogEvent::TimerStarted { actor: &self.id, event: E::NAME });
        let (runtime, target) = (self.runtime.clone(), self.id.clone());
        let timer = timer::start(Plan { runtime, target, delay, period, event, place });
        self.timers.retain(|timer| timer.0.counts());
        self.timers.push(timer.clone());
        timer
    }

    pub(crate) fn stop_timers(&mut self) {
        for timer in self.timers.drain(..) {
            timer.0.stop();
        }
    }

    /// Stops a timer. An event of its that is in the inbox is dropped.
    #[track_caller]
    pub fn stop_timer(&mut self, timer: &Timer) {
        if timer.0.stop() {
            self.runtime.log(Location::caller(), LogEvent::TimerStopped { actor: &self.id });
        }
    }
}

impl<A: Actor> std::fmt::Debug for Context<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let states: Vec<&str> = self.stack.iter().map(|state| state.name()).collect();
        f.debug_struct("Context").field("id", &self.id).field("states", &states).finish_non_exhaustive()
    }
}
