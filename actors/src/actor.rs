//! What the macros implement: an actor as a table.

use std::any::TypeId;
use std::future::Future;

use coyote_spec::{Declaration, State};

use crate::context::Context;
use crate::event::AnyEvent;
use crate::failure::Failure;
use crate::handler::Outcome;

/// An actor. Implemented by `#[machine(Type)]` on the enum of its states, or by `#[actor]` on the `impl`
/// block with its handlers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no actor",
    note = "write `#[coyote::actors::actor]` on an `impl` block with its handlers, or \
            `#[coyote::actors::machine({Self})]` on the enum of its states"
)]
pub trait Actor: Sized + Send + 'static {
    /// Its states.
    type State: State;
    /// Its name: that of the type.
    const NAME: &'static str;
    /// What it declares.
    const DECLARATION: &'static Declaration;

    #[doc(hidden)]
    fn start() -> Self::State;
    #[doc(hidden)]
    fn reaction(state: Self::State, event: TypeId) -> Option<Reaction<Self::State>>;
    #[doc(hidden)]
    fn idle(_state: Self::State) -> Option<Reaction<Self::State>> {
        None
    }
    #[doc(hidden)]
    fn entry(_state: Self::State) -> Option<u16> {
        None
    }
    #[doc(hidden)]
    fn exit(_state: Self::State) -> Option<u16> {
        None
    }
    #[doc(hidden)]
    fn act(
        &mut self,
        context: &mut Context<Self>,
        action: u16,
        event: Option<AnyEvent>,
    ) -> impl Future<Output = Outcome> + Send;
    #[doc(hidden)]
    fn on_halt(&mut self, _context: &mut Context<Self>) -> impl Future<Output = Outcome> + Send {
        async { Ok(()) }
    }
    #[doc(hidden)]
    fn on_failure(&mut self, _context: &mut Context<Self>, _failure: &Failure) -> OnFailure {
        OnFailure::Fail
    }
}

/// An actor with states: implemented by `#[machine(Type)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no states to go to",
    note = "declare them: `#[coyote::actors::machine({Self})] enum {Self}State {{ … }}`"
)]
pub trait Machine: Actor {}

/// The one state of an actor that declares none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stateless;

impl State for Stateless {
    fn name(self) -> &'static str {
        ""
    }

    fn index(self) -> usize {
        0
    }
}

/// What becomes of an actor whose handler panicked, or returned an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnFailure {
    /// It is a failure of the whole: a bug under control, and told to `on_failure` of the runtime
    /// otherwise; the actor halts.
    Fail,
    /// It goes on with the next event.
    Continue,
    /// It halts.
    Halt,
}

/// What a state does on an event.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "no part of the interface")]
pub enum Reaction<S> {
    Act { action: Option<u16>, then: Then<S> },
    Defer,
    Ignore,
}

/// The transition after an action.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "no part of the interface")]
pub enum Then<S> {
    Stay,
    Goto(S),
    Push(S),
}
