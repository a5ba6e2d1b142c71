//! Monitors as the program writes them.

use std::any::{Any, TypeId, type_name};

use crate::declaration::{Declaration, State};

/// Whether something is owed in a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Temperature {
    /// Something has to happen eventually.
    Hot,
    /// Neither: the temperature stays as it is.
    Warm,
    /// Nothing is owed: the temperature is 0.
    Cold,
}

/// A monitor. Implemented by `#[coyote::spec::monitor]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no monitor",
    note = "mark the enum of its states with `#[coyote::spec::monitor]`"
)]
pub trait Monitor: Sized + Send + 'static {
    /// Its states.
    type State: State;
    /// Its name.
    const NAME: &'static str;
    /// What it declares.
    const DECLARATION: &'static Declaration;

    #[doc(hidden)]
    fn new() -> Self;
    #[doc(hidden)]
    fn start() -> Self::State;
    #[doc(hidden)]
    fn temperature(state: Self::State) -> Temperature;
    #[doc(hidden)]
    fn reaction(state: Self::State, event: TypeId) -> Option<Reaction<Self::State>>;
    #[doc(hidden)]
    fn entry(state: Self::State) -> Option<u16>;
    #[doc(hidden)]
    fn exit(state: Self::State) -> Option<u16>;
    #[doc(hidden)]
    fn act(&mut self, context: &mut Context<Self>, action: u16, event: &mut dyn Any);
}

/// A monitor that has a rule for events of this type in some state.
#[diagnostic::on_unimplemented(
    message = "the monitor `{Self}` has no rule for the event `{E}` in any state",
    label = "this event",
    note = "add `#[on({E}, …)]` or `#[ignore({E})]` to the states in which it can come"
)]
pub trait Observes<E> {}

/// What a state does on an event.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "no part of the interface")]
pub enum Reaction<S> {
    Act { action: Option<u16>, goto: Option<S> },
    Ignore,
}

/// What an action of a monitor may ask for.
#[derive(Debug)]
pub struct Context<M: Monitor> {
    pub(crate) state: M::State,
    pub(crate) next: Option<Next<M::State>>,
}

/// What follows an action.
#[derive(Debug)]
pub(crate) enum Next<S> {
    Goto(S),
    Raise { event: TypeId, name: &'static str, content: Box<dyn Any + Send> },
}

impl<M: Monitor> Context<M> {
    /// Returns the state.
    pub fn state(&self) -> M::State {
        self.state
    }

    /// Goes to another state after this action.
    ///
    /// # Panics
    /// Fails if the action has asked for something else already.
    #[track_caller]
    pub fn goto(&mut self, state: M::State) {
        self.then(Next::Goto(state));
    }

    /// Handles another event after this action.
    ///
    /// # Panics
    /// Fails if the action has asked for something else already.
    #[track_caller]
    pub fn raise<E: Send + 'static>(&mut self, event: E)
    where
        M: Observes<E>,
    {
        let content = Box::new(Some(event));
        self.then(Next::Raise { event: TypeId::of::<E>(), name: short_name::<E>(), content });
    }

    #[track_caller]
    fn then(&mut self, next: Next<M::State>) {
        if self.next.is_some() {
            let message = format!("an action of the monitor {} asks for two things: one at most", M::NAME);
            crate::check::fail(message, Vec::new());
        }
        self.next = Some(next);
    }
}

/// Returns a type's name without its path.
pub(crate) fn short_name<T>() -> &'static str {
    let name = type_name::<T>();
    let plain = name.split_once('<').map_or(name, |(plain, _)| plain);
    plain.rsplit("::").next().unwrap_or(plain)
}

/// Takes the event out of its place.
#[doc(hidden)]
pub fn take<E: 'static>(event: &mut dyn Any) -> E {
    let event = event.downcast_mut::<Option<E>>().and_then(Option::take);
    event.expect("the dispatch has looked at the event's type")
}

/// Calls a method of a monitor.
#[doc(hidden)]
pub fn act<F, M: Monitor, E, K>(method: F, monitor: &mut M, context: &mut Context<M>, event: E)
where
    F: for<'a> Act<'a, M, E, K>,
{
    method.act(monitor, context, event);
}

/// A method of a monitor: it takes `&mut self`, then the context, then the event, each if it wants them.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this is no action of the monitor `{M}` for the event `{E}`",
    note = "write `fn name(&mut self)`, `fn name(&mut self, event: Event)` or \
            `fn name(&mut self, context: &mut Context<Self>, event: Event)`"
)]
#[allow(missing_docs, reason = "no part of the interface")]
pub trait Act<'a, M: Monitor, E, K> {
    fn act(self, monitor: &'a mut M, context: &'a mut Context<M>, event: E);
}

#[doc(hidden)]
#[derive(Debug)]
pub struct Bare;
#[doc(hidden)]
#[derive(Debug)]
pub struct WithContext;
#[doc(hidden)]
#[derive(Debug)]
pub struct WithEvent;
#[doc(hidden)]
#[derive(Debug)]
pub struct WithBoth;

impl<'a, F: FnOnce(&'a mut M), M: Monitor, E> Act<'a, M, E, Bare> for F {
    fn act(self, monitor: &'a mut M, _context: &'a mut Context<M>, _event: E) {
        self(monitor);
    }
}

impl<'a, F: FnOnce(&'a mut M, &'a mut Context<M>), M: Monitor, E> Act<'a, M, E, WithContext> for F {
    fn act(self, monitor: &'a mut M, context: &'a mut Context<M>, _event: E) {
        self(monitor, context);
    }
}

impl<'a, F: FnOnce(&'a mut M, E), M: Monitor, E> Act<'a, M, E, WithEvent> for F {
    fn act(self, monitor: &'a mut M, _context: &'a mut Context<M>, event: E) {
        self(monitor, event);
    }
}

impl<'a, F: FnOnce(&'a mut M, &'a mut Context<M>, E), M: Monitor, E> Act<'a, M, E, WithBoth> for F {
    fn act(self, monitor: &'a mut M, context: &'a mut Context<M>, event: E) {
        self(monitor, context, event);
    }
}
