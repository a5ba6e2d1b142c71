//! The runtime: where actors are created, and told of.

use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use crate::actor::Actor;
use crate::context::Context;
use crate::event::{AnyEvent, Event, Halt};
use crate::failure::Failure;
use crate::id::ActorId;
use crate::log::{Log, LogEvent};
use crate::mailbox::{Mailbox, SendOptions};
use crate::rt::{self, Act, Object, Place};
use crate::runner;

/// When timers fire under control. Outside of explorations they fire when it is time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Timers {
    /// A timer may fire at any moment, in any order, as on a slow machine: whatever went before took that
    /// long. Virtual time then moves to the timer's deadline.
    #[default]
    Racing,
    /// Timers fire by the test's virtual clock, as `sleep` does.
    InOrder,
}

/// What is done with failures.
type OnFailure = Box<dyn Fn(&Failure) + Send + Sync>;

/// A runtime of actors. Clones are the same runtime.
///
/// It runs on tokio: create it, or its [`Builder`], inside of a tokio runtime. Every actor is a task with an
/// unbounded inbox. Sending never waits, so what produces faster than its receiver handles has to be
/// slowed down by the protocol: by a reply that is waited for, by [`SendOptions::at_most`], or by timers, whose
/// next period begins when their event is taken.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    home: tokio_home::Home,
    logs: Vec<Box<dyn Log>>,
    on_failure: Vec<OnFailure>,
    timers: Timers,
    numbers: AtomicU64,
    named: Mutex<BTreeMap<Box<str>, ActorId>>,
    actors: Mutex<Vec<ActorId>>,
    /// Actors that are not idle, and timers that are armed.
    busy: AtomicUsize,
    /// Actors that have not halted.
    alive: AtomicUsize,
    is_stopping: AtomicBool,
    object: Object,
    /// Who waits for the runtime to be quiescent, or to have stopped.
    waiting: Mutex<Vec<Waker>>,
}

/// Builds a [`Runtime`].
#[derive(Default)]
#[must_use]
pub struct Builder {
    logs: Vec<Box<dyn Log>>,
    on_failure: Vec<OnFailure>,
    timers: Timers,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("logs", &self.logs.len())
            .field("timers", &self.timers)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("actors", &self.actors()).finish_non_exhaustive()
    }
}

impl Builder {
    /// Adds a log. `Arc`s of logs are logs.
    pub fn log(mut self, log: impl Log + 'static) -> Self {
        self.logs.push(Box::new(log));
        self
    }

    /// Has failures told to a closure, outside of explorations. Without one they are written to the standard
    /// error.
    pub fn on_failure(mut self, on_failure: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.on_failure.push(Box::new(on_failure));
        self
    }

    /// Sets when timers fire under control.
    pub fn timers(self, timers: Timers) -> Self {
        Builder { timers, ..self }
    }

    /// Creates the runtime.
    ///
    /// # Panics
    /// Panics if this is not called inside of a tokio runtime.
    #[track_caller]
    pub fn build(self) -> Runtime {
        let Builder { logs, on_failure, timers } = self;
        let inner = Inner {
            home: tokio_home::Home::current(),
            logs,
            on_failure,
            timers,
            numbers: AtomicU64::new(0),
            named: Mutex::default(),
            actors: Mutex::default(),
            busy: AtomicUsize::new(0),
            alive: AtomicUsize::new(0),
            is_stopping: AtomicBool::new(false),
            object: Object::new(),
            waiting: Mutex::default(),
        };
        Runtime { inner: Arc::new(inner) }
    }
}

impl Default for Runtime {
    #[track_caller]
    fn default() -> Self {
        Runtime::new()
    }
}

impl Runtime {
    /// Creates a runtime without logs.
    ///
    /// # Panics
    /// Panics if this is not called inside of a tokio runtime.
    #[track_caller]
    pub fn new() -> Runtime {
        Builder::default().build()
    }

    /// Begins to build a runtime.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Creates an actor.
    #[track_caller]
    pub fn create<A: Actor>(&self, actor: A) -> ActorId {
        let id = self.next_id(None);
        self.create_by(None, &id, actor, Location::caller());
        id
    }

    /// Creates an actor with a name of its own.
    ///
    /// # Panics
    /// Panics if there is an actor of that name that has not halted.
    #[track_caller]
    pub fn create_named<A: Actor>(&self, name: &str, actor: A) -> ActorId {
        let id = self.reserve(name);
        self.create_by(None, &id, actor, Location::caller());
        id
    }

    /// Returns the identity that goes with a name, whether there is an actor yet or not. What is sent to it
    /// before waits.
    #[track_caller]
    pub fn reserve(&self, name: &str) -> ActorId {
        let mut named = self.inner.named.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = named.get(name) {
            return id.clone();
        }
        let id = self.next_id(Some(name.into()));
        named.insert(name.into(), id.clone());
        id
    }

    /// Creates the actor of an identity that has none, or whose actor has halted.
    ///
    /// # Panics
    /// Panics if it has one that has not halted.
    #[track_caller]
    pub fn create_as<A: Actor>(&self, id: &ActorId, actor: A) {
        self.create_by(None, id, actor, Location::caller());
    }

    /// Sends an event, from outside of all actors.
    #[track_caller]
    pub fn send(&self, to: &ActorId, event: impl Event) {
        to.0.send(self, None, to, AnyEvent::sent(event, None, Location::caller()), None);
    }

    /// Sends an event with options.
    #[track_caller]
    pub fn send_with(&self, to: &ActorId, event: impl Event, options: SendOptions) {
        let SendOptions { must_handle, at_most, group } = options;
        let mut event = AnyEvent::sent(event, group.flatten(), Location::caller());
        event.stamp_mut().must_handle = must_handle;
        to.0.send(self, None, to, event, at_most);
    }

    /// Waits until no actor can do anything: all are waiting for events that have not been sent, and no timer is
    /// armed.
    #[track_caller]
    pub fn quiescent(&self) -> impl Future<Output = ()> + Send + 'static {
        self.until(Location::caller(), |inner| inner.busy.load(Ordering::SeqCst) == 0)
    }

    /// Asks every actor to halt, after what has been sent to it so far, and waits until all have. Actors that
    /// are created from then on are asked too. One whose states have rules of their own for [`Halt`] decides
    /// itself.
    #[track_caller]
    pub fn stop(&self) -> impl Future<Output = ()> + Send + 'static {
        let place = Location::caller();
        self.inner.is_stopping.store(true, Ordering::SeqCst);
        for actor in self.actors() {
            actor.0.send(self, None, &actor, AnyEvent::sent(Halt, None, place), None);
        }
        self.until(place, |inner| inner.alive.load(Ordering::SeqCst) == 0)
    }

    /// Returns the actors that have not halted, in order of creation.
    pub fn actors(&self) -> Vec<ActorId> {
        let mut actors = self.inner.actors.lock().unwrap_or_else(PoisonError::into_inner);
        actors.retain(|actor| !actor.is_halted());
        actors.clone()
    }

    fn until(&self, place: Place, holds: fn(&Inner) -> bool) -> impl Future<Output = ()> + Send + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            rt::point(&inner.object, "actor runtime", Act::Wait, place);
            poll_fn(|cx| {
                let mut waiting = inner.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if holds(&inner) {
                    return Poll::Ready(());
                }
                waiting.push(cx.waker().clone());
                drop(waiting);
                rt::note_wait(&inner.object, "actor runtime", Act::Wait, place, cx.waker());
                Poll::Pending
            })
            .await;
        }
    }

    #[track_caller]
    pub(crate) fn next_id(&self, name: Option<Box<str>>) -> ActorId {
        let number = self.inner.numbers.fetch_add(1, Ordering::Relaxed);
        ActorId(Arc::new(Mailbox::new(number, name)))
    }

    #[track_caller]
    pub(crate) fn create_by<A: Actor>(
        &self,
        creator: Option<&ActorId>,
        id: &ActorId,
        actor: A,
        place: Place,
    ) {
        assert!(id.0.bind(A::NAME), "there is an actor {id} already: halt it first, or take another name");
        id.0.set_state(coyote_spec::State::name(A::start()));
        let inner = &self.inner;
        inner.busy();
        inner.alive.fetch_add(1, Ordering::SeqCst);
        {
            let mut actors = inner.actors.lock().unwrap_or_else(PoisonError::into_inner);
            actors.retain(|other| other != id && !other.is_halted());
            actors.push(id.clone());
        }
        self.log(place, LogEvent::Created { actor: id, creator, declaration: A::DECLARATION });
        let context = Context::new(id.clone(), self.clone());
        inner.spawn(id.name().unwrap_or(A::NAME), runner::run(actor, context, place), place);
        if inner.is_stopping.load(Ordering::SeqCst) {
            id.0.put(self, id, AnyEvent::sent(Halt, None, place), None);
        }
    }

    /// Returns whether somebody wants to know what happens.
    #[inline]
    pub(crate) fn is_heard(&self) -> bool {
        !self.inner.logs.is_empty() || rt::is_recording()
    }

    /// Tells the logs, and the recording of a replay.
    #[inline]
    pub(crate) fn log(&self, place: Place, event: LogEvent<'_>) {
        if self.is_heard() {
            self.tell(place, &event);
        }
    }

    #[cold]
    fn tell(&self, place: Place, event: &LogEvent<'_>) {
        self.inner.logs.iter().for_each(|log| log.log(event));
        if rt::is_recording() {
            rt::changed(event);
            if event.is_telling() {
                rt::note(place, &|| event.to_string());
            }
        }
    }

    /// A failure that nothing has handled: ends the execution of an exploration; otherwise it is told.
    pub(crate) fn fail(&self, failure: Failure) {
        let failure = rt::fail(failure);
        let handlers = &self.inner.on_failure;
        if handlers.is_empty() {
            let place = failure.place.map(|place| format!(", at {place}")).unwrap_or_default();
            eprintln!("coyote: {failure}{place}");
        }
        handlers.iter().for_each(|on_failure| on_failure(&failure));
    }
}

impl Inner {
    pub(crate) fn timers_race(&self) -> bool {
        self.timers == Timers::Racing
    }

    pub(crate) fn spawn<F>(&self, name: &str, future: F, place: Place)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.home.spawn(name, future, place);
    }

    /// One more is busy.
    pub(crate) fn busy(&self) {
        self.busy.fetch_add(1, Ordering::SeqCst);
    }

    /// One is busy no more.
    pub(crate) fn idle(&self) {
        if self.busy.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.tell();
        }
    }

    /// An actor has halted.
    pub(crate) fn halted(&self) {
        if self.alive.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.tell();
        }
    }

    fn tell(&self) {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if !waiting.is_empty() {
            rt::happened(&self.object, "actor runtime", Act::Write, Location::caller());
        }
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Counts one less as busy when dropped.
    pub(crate) fn idle_when_dropped(self: &Arc<Self>) -> IdleWhenDropped {
        IdleWhenDropped(Arc::clone(self))
    }
}

/// See [`Inner::idle_when_dropped`].
pub(crate) struct IdleWhenDropped(Arc<Inner>);

impl Drop for IdleWhenDropped {
    fn drop(&mut self) {
        self.0.idle();
    }
}

mod tokio_home {
    //! The tokio runtime that the actors run on.

    use std::future::Future;

    use crate::rt::{self, Place};

    /// None under control: there every task is on the runtime of the one that creates it.
    pub(super) struct Home(Option<tokio::runtime::Handle>);

    impl Home {
        #[track_caller]
        pub(super) fn current() -> Self {
            Home((!rt::is_explored()).then(tokio::runtime::Handle::current))
        }

        pub(super) fn spawn<F>(&self, name: &str, future: F, place: Place)
        where
            F: Future<Output = ()> + Send + 'static,
        {
            rt::spawn(self.0.as_ref(), name, future, place);
        }
    }
}
