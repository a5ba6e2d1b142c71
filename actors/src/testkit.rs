//! Tests of one actor.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use coyote_spec::State;

use crate::actor::Actor;
use crate::context::Context;
use crate::event::{AnyEvent, Event};
use crate::id::ActorId;
use crate::runtime::{Builder, Runtime, Timers};

/// Runs one actor, and looks into it between events.
///
/// # Examples
/// ```
/// use coyote_actors::{ActorId, Context, Event, TestKit};
///
/// #[derive(Event)]
/// # #[event(crate = "coyote_actors")]
/// struct Ping { from: ActorId }
/// #[derive(Event)]
/// # #[event(crate = "coyote_actors")]
/// struct Pong;
///
/// struct Echo { pings: u32 }
///
/// # use coyote_actors::actor;
/// #[actor(crate = "coyote_actors")]
/// impl Echo {
///     #[on(Ping)]
///     fn ping(&mut self, context: &mut Context<Self>, ping: Ping) {
///         self.pings += 1;
///         context.send(&ping.from, Pong);
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let kit = TestKit::new(Echo { pings: 0 });
/// let probe = kit.probe();
/// kit.send(Ping { from: probe.id().clone() }).await;
/// assert!(probe.next::<Pong>().is_some());
/// assert_eq!(kit.invoke(|echo, _| echo.pings).await, 1);
/// kit.assert_inbox_len(0);
/// # });
/// ```
#[derive(Debug)]
pub struct TestKit<A: Actor> {
    runtime: Runtime,
    id: ActorId,
    actor: std::marker::PhantomData<fn() -> A>,
}

impl<A: Actor> TestKit<A> {
    /// Creates the actor, on a runtime of its own whose timers follow the clock.
    #[track_caller]
    pub fn new(actor: A) -> Self {
        TestKit::with(Runtime::builder().timers(Timers::InOrder), actor)
    }

    /// Creates the actor on a runtime of the given kind.
    #[track_caller]
    pub fn with(builder: Builder, actor: A) -> Self {
        let runtime = builder.build();
        let id = runtime.create(actor);
        TestKit { runtime, id, actor: std::marker::PhantomData }
    }

    /// Returns who the actor is.
    pub fn id(&self) -> &ActorId {
        &self.id
    }

    /// Returns the runtime.
    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Sends an event, and waits until the actor has done all that follows from it.
    pub async fn send(&self, event: impl Event) {
        self.runtime.send(&self.id, event);
        self.runtime.quiescent().await;
    }

    /// Calls a closure with the actor and its context, as if it were a handler, and waits until the actor
    /// has done all that follows.
    ///
    /// # Panics
    /// Panics if the actor has halted, or is in the middle of a handler.
    pub async fn invoke<R: Send + 'static>(
        &self,
        call: impl FnOnce(&mut A, &mut Context<A>) -> R + Send + 'static,
    ) -> R {
        self.runtime.quiescent().await;
        let result = Arc::new(Mutex::new(None));
        let place = Arc::clone(&result);
        let call = move |actor: &mut dyn std::any::Any, context: &mut dyn std::any::Any| {
            if let (Some(actor), Some(context)) = (actor.downcast_mut(), context.downcast_mut()) {
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(call(actor, context));
            }
        };
        self.id.0.call(&self.runtime, Box::new(call));
        self.runtime.quiescent().await;
        let result = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        result.unwrap_or_else(|| panic!("{} has halted, or waits in the middle of a handler", self.id))
    }

    /// Creates an actor that keeps all events it is sent.
    #[track_caller]
    pub fn probe(&self) -> Probe {
        Probe::new(&self.runtime)
    }

    /// Checks the state that the actor is in.
    ///
    /// # Panics
    /// Panics if it is in another.
    #[track_caller]
    pub fn assert_state(&self, state: A::State) {
        assert_eq!(self.id.state(), state.name(), "{} is in the state to the left", self.id);
    }

    /// Checks how many events are in the inbox.
    ///
    /// # Panics
    /// Panics if there are more, or fewer.
    #[track_caller]
    pub fn assert_inbox_len(&self, len: usize) {
        assert_eq!(self.id.inbox_len(), len, "{} has as many events in its inbox as to the left", self.id);
    }

    /// Returns whether the actor waits: for an event to handle, or in `receive`.
    pub fn is_waiting(&self) -> bool {
        self.id.0.is_idle()
    }

    /// Returns whether the actor has halted.
    pub fn is_halted(&self) -> bool {
        self.id.is_halted()
    }
}

/// An actor that keeps what it is sent, for a test to look at.
#[derive(Clone, Debug)]
pub struct Probe {
    id: ActorId,
    events: Arc<Mutex<VecDeque<AnyEvent>>>,
}

impl Probe {
    /// Creates one.
    #[track_caller]
    pub fn new(runtime: &Runtime) -> Self {
        let events = Arc::new(Mutex::default());
        let id = runtime.create(Keeper { events: Arc::clone(&events) });
        Probe { id, events }
    }

    /// Returns its identity, to be given to the actor under test.
    pub fn id(&self) -> &ActorId {
        &self.id
    }

    /// Takes the first event, if it is of this type.
    pub fn next<E: Event>(&self) -> Option<E> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.front().is_some_and(AnyEvent::is::<E>).then(|| events.pop_front())??.take().ok()
    }

    /// Takes all events.
    pub fn take(&self) -> Vec<AnyEvent> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    /// Returns how many events there are.
    pub fn len(&self) -> usize {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Returns whether there is no event.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

struct Keeper {
    events: Arc<Mutex<VecDeque<AnyEvent>>>,
}

#[coyote_macros::actor(crate = "crate")]
impl Keeper {
    #[on(_)]
    fn keep(&mut self, event: AnyEvent) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push_back(event);
    }
}
