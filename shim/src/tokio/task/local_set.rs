//! `tokio::task::LocalSet`.
//!
//! As in tokio its tasks are polled inside of the poll of the set: nothing else of that thread runs
//! meanwhile, whichever runtime it is in. They are not tasks of the exploration but parts of the one that
//! polls the set; in which order those that are ready run is a choice.

use ::std::any::Any;
use ::std::cell::{Cell, RefCell};
use ::std::collections::BTreeMap;
use ::std::fmt;
use ::std::future::Future;
use ::std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use ::std::pin::Pin;
use ::std::rc::Rc;
use ::std::sync::Arc;
use ::std::task::{Context, Poll, Waker};

use coyote_engine::{ObjectCell, TaskId};
use pin_project_lite::pin_project;

use super::local_join::{LocalControl, LocalJoin, Queue, Slot};
use super::{Id, JoinError, JoinHandle};
use crate::entry::{self, Hold};
use crate::support::Place;
use crate::tokio::coop;
use crate::tokio::runtime::{self, context};

const OUTSIDE: &str = "`spawn_local` called from outside of a `task::LocalSet` or `runtime::LocalRuntime`";
const WRONG_THREAD: &str =
    "Local tasks can only be spawned on a LocalRuntime from the thread the runtime was created on";
/// How many tasks are polled in one poll of the set.
const TASKS_PER_TICK: usize = 61;

/// Spawns a future, which need not be `Send`, on the `LocalSet` or `LocalRuntime` that runs here.
///
/// # Panics
/// Panics if there is none.
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let Some(cx) = coyote_engine::current() else {
        return JoinHandle::real(::tokio::task::spawn_local(future));
    };
    let place = Location::caller();
    if let Some(core) = context::local_runtime(cx) {
        assert!(core.is_own_thread(cx), "{WRONG_THREAD}");
        return runtime::Home::Core(core).spawn(cx, future, place);
    }
    let set = context::ambient(cx).and_then(|ambient| ambient.local_set.borrow().clone());
    match set {
        Some(set) => set.spawn(cx, future, place),
        None => panic!("{OUTSIDE}"),
    }
}

/// A set of tasks that need not be `Send`, and run where it is polled.
pub struct LocalSet {
    inner: Inner,
    /// Let go at last.
    _hold: Option<Hold>,
}

enum Inner {
    Real(::tokio::task::LocalSet),
    Model(Rc<LocalCore>),
}

/// A future that leaves its result elsewhere; the function destroys it and leaves an error instead.
struct LocalTask {
    control: Arc<LocalControl>,
    /// None while it is polled, or destroyed.
    body: RefCell<Option<Body>>,
}

struct Body {
    future: Pin<Box<dyn Future<Output = ()>>>,
    fail: Box<dyn FnOnce(JoinError)>,
}

/// The state of a `LocalSet` under control.
pub(crate) struct LocalCore {
    execution: u64,
    tasks: RefCell<BTreeMap<u64, Rc<LocalTask>>>,
    queue: Arc<Queue>,
    next: Cell<u64>,
    closed: Cell<bool>,
    cell: ObjectCell,
}

impl LocalCore {
    fn spawn<F>(self: &Rc<Self>, cx: coyote_engine::Context, future: F, place: Place) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let key = self.next.get();
        self.next.set(key + 1);
        let cell = ObjectCell::at(place);
        let id = Id::local(cx.object(&cell, "local task").0);
        let control = LocalControl::new(id, key, Arc::clone(&self.queue), cell);
        let slot = Slot::new();
        let join = LocalJoin::new(Arc::clone(&control), Arc::clone(&slot), place);
        if self.closed.get() || self.execution != cx.id() {
            slot.fill(&control, Err(JoinError::cancelled(id)), place);
            return JoinHandle::local(join);
        }
        let (left, end) = (Arc::clone(&slot), Arc::clone(&control));
        let future = Box::pin(async move {
            let output = future.await;
            left.fill(&end, Ok(output), place);
        });
        let end = Arc::clone(&control);
        let fail = Box::new(move |error| slot.fill(&end, Err(error), place));
        let body = RefCell::new(Some(Body { future, fail }));
        let task = Rc::new(LocalTask { control, body });
        self.tasks.borrow_mut().insert(key, task);
        self.queue.push(key);
        cx.point(coyote_engine::Op::local(coyote_engine::OpKind::Spawn, place));
        JoinHandle::local(join)
    }

    /// Polls tasks that are ready; returns true if there are more than fit into one poll.
    fn tick(&self, cx: coyote_engine::Context, place: Place) -> bool {
        for _ in 0..TASKS_PER_TICK {
            let ready = self.queue.len();
            if ready == 0 {
                return false;
            }
            let index = cx.choose(u32::try_from(ready).unwrap_or(u32::MAX), place) as usize;
            let key = self.queue.take(index);
            let task = self.tasks.borrow().get(&key).cloned();
            if let Some(task) = task {
                self.run(cx, key, &task);
            }
        }
        self.queue.len() > 0
    }

    fn run(&self, cx: coyote_engine::Context, key: u64, task: &LocalTask) {
        let Some(Body { future, fail }) = task.body.borrow_mut().take() else { return };
        let ambient = context::remembered(cx);
        let outer = ambient.local_task.replace(Some(task.control.id));
        let _outer = OnDrop(|| ambient.local_task.set(outer));
        if task.control.is_aborted() {
            self.tasks.borrow_mut().remove(&key);
            return end(cx, Body { future, fail }, task.control.id);
        }
        let waker = Waker::from(Arc::clone(&task.control));
        // One whose poll panics is destroyed while that unwinds, as in tokio.
        let mut future = Some(future);
        let poll = || {
            let polled = DestroyOnPanic(&mut future);
            let ready =
                polled.0.as_mut().map(|future| future.as_mut().poll(&mut Context::from_waker(&waker)));
            ::std::mem::forget(polled);
            ready.unwrap_or(Poll::Ready(()))
        };
        match catch_unwind(AssertUnwindSafe(|| coop::with_budget(coop::INITIAL, poll))) {
            Ok(Poll::Pending) => {
                let Some(future) = future else { return };
                let body = Body { future, fail };
                if task.control.is_aborted() {
                    self.tasks.borrow_mut().remove(&key);
                    end(cx, body, task.control.id);
                } else {
                    *task.body.borrow_mut() = Some(body);
                }
            }
            Ok(Poll::Ready(())) => {
                self.tasks.borrow_mut().remove(&key);
            }
            Err(payload) => {
                self.tasks.borrow_mut().remove(&key);
                if cx.is_cancelling() {
                    resume_unwind(payload);
                }
                fail(JoinError::panicked(task.control.id, payload));
            }
        }
    }
}

/// Destroys a future, and leaves as its result that it was cancelled, or what its destructor panicked with.
fn end(cx: coyote_engine::Context, body: Body, id: Id) {
    let Body { future, fail } = body;
    let dropped: Result<(), Box<dyn Any + Send>> = catch_unwind(AssertUnwindSafe(|| drop(future)));
    match dropped {
        Ok(()) => fail(JoinError::cancelled(id)),
        Err(payload) if cx.is_cancelling() => resume_unwind(payload),
        Err(payload) => fail(JoinError::panicked(id, payload)),
    }
}

/// Destroys a future when dropped.
struct DestroyOnPanic<'a>(&'a mut Option<Pin<Box<dyn Future<Output = ()>>>>);

impl Drop for DestroyOnPanic<'_> {
    fn drop(&mut self) {
        *self.0 = None;
    }
}

/// Calls a closure when dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Makes a set the one that runs here until dropped.
pub(super) struct EnterSet {
    execution: u64,
    task: TaskId,
    previous: Option<Rc<LocalCore>>,
}

impl EnterSet {
    fn new(cx: coyote_engine::Context, set: &Rc<LocalCore>) -> EnterSet {
        let previous = context::remembered(cx).local_set.replace(Some(Rc::clone(set)));
        EnterSet { execution: cx.id(), task: cx.current_task(), previous }
    }
}

impl Drop for EnterSet {
    fn drop(&mut self) {
        let here =
            coyote_engine::current().filter(|cx| cx.id() == self.execution && cx.current_task() == self.task);
        if let Some(ambient) = here.and_then(context::ambient) {
            let own = ambient.local_set.replace(self.previous.take());
            drop(own);
        }
    }
}

/// Keeps a `LocalSet` the one that [`spawn_local`] spawns on; see [`LocalSet::enter`].
pub struct LocalEnterGuard {
    #[expect(dead_code, reason = "dropped with the guard")]
    real: Option<::tokio::task::LocalEnterGuard>,
    _model: Option<EnterSet>,
}

impl fmt::Debug for LocalEnterGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalEnterGuard").finish()
    }
}

impl LocalSet {
    /// Creates an empty set.
    #[track_caller]
    pub fn new() -> LocalSet {
        let cx = entry::current_or_enter(Location::caller());
        let inner = match cx {
            None => Inner::Real(::tokio::task::LocalSet::new()),
            Some(cx) => Inner::Model(Rc::new(LocalCore {
                execution: cx.id(),
                tasks: RefCell::default(),
                queue: Arc::default(),
                next: Cell::new(0),
                closed: Cell::new(false),
                cell: ObjectCell::new(),
            })),
        };
        LocalSet { inner, _hold: cx.and_then(Hold::new) }
    }

    /// Makes it the set that [`spawn_local`] spawns on until the guard is dropped.
    pub fn enter(&self) -> LocalEnterGuard {
        match (&self.inner, coyote_engine::current()) {
            (Inner::Real(real), _) => LocalEnterGuard { real: Some(real.enter()), _model: None },
            (Inner::Model(set), Some(cx)) => {
                LocalEnterGuard { real: None, _model: Some(EnterSet::new(cx, set)) }
            }
            (Inner::Model(_), None) => LocalEnterGuard { real: None, _model: None },
        }
    }

    /// Spawns a future, which need not be `Send`, on the set.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        match (&self.inner, coyote_engine::current()) {
            (Inner::Real(real), _) => JoinHandle::real(real.spawn_local(future)),
            (Inner::Model(set), Some(cx)) => set.spawn(cx, future, Location::caller()),
            (Inner::Model(_), None) => JoinHandle::cancelled(),
        }
    }

    /// Runs a future to its end on the current thread and `rt`, and the set's tasks meanwhile.
    ///
    /// # Panics
    /// Panics if called where futures are driven.
    #[track_caller]
    pub fn block_on<F>(&self, rt: &runtime::Runtime, future: F) -> F::Output
    where
        F: Future,
    {
        rt.block_on(self.run_until(future))
    }

    /// Runs a future to its end, and the set's tasks meanwhile.
    #[track_caller]
    pub fn run_until<'a, F>(&'a self, future: F) -> impl Future<Output = F::Output> + use<'a, F>
    where
        F: Future,
    {
        let place = Location::caller();
        let real = match &self.inner {
            Inner::Real(real) => Some(real.run_until(future)),
            Inner::Model(_) => {
                return Either::Model { future: RunUntil { set: self, future, place } };
            }
        };
        match real {
            Some(real) => Either::Real { future: real },
            None => unreachable!("the model has returned"),
        }
    }

    /// Returns the id of the set.
    pub fn id(&self) -> runtime::Id {
        match (&self.inner, coyote_engine::current()) {
            (Inner::Real(real), _) => runtime::Id::real(real.id()),
            (Inner::Model(set), Some(cx)) => runtime::Id::model(cx.object(&set.cell, "LocalSet").0),
            (Inner::Model(_), None) => runtime::Id::model(0),
        }
    }
}

pin_project! {
    #[project = EitherProjection]
    enum Either<R, M> {
        Real { #[pin] future: R },
        Model { #[pin] future: M },
    }
}

impl<R: Future, M: Future<Output = R::Output>> Future for Either<R, M> {
    type Output = R::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<R::Output> {
        match self.project() {
            EitherProjection::Real { future } => future.poll(cx),
            EitherProjection::Model { future } => future.poll(cx),
        }
    }
}

pin_project! {
    struct RunUntil<'a, F> {
        set: &'a LocalSet,
        #[pin]
        future: F,
        place: Place,
    }
}

/// Runs `f` in a poll of the set.
fn in_poll<R>(set: &Rc<LocalCore>, waker: &Waker, f: impl FnOnce(coyote_engine::Context) -> R) -> R {
    let Some(cx) = coyote_engine::current().filter(|cx| cx.id() == set.execution) else {
        panic!("a `LocalSet` was polled outside of the execution that it was created in");
    };
    set.queue.begin(waker);
    let _end = OnDrop(|| set.queue.end());
    let _enter = EnterSet::new(cx, set);
    let _no_blocking = context::NoBlocking::new(context::remembered(cx));
    f(cx)
}

impl<F: Future> Future for RunUntil<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, poll: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Inner::Model(set) = &this.set.inner else { unreachable!("made for the model only") };
        in_poll(set, &poll.waker().clone(), |cx| {
            if let Poll::Ready(output) = this.future.poll(poll) {
                return Poll::Ready(output);
            }
            if set.tick(cx, this.place) {
                poll.waker().wake_by_ref();
            }
            Poll::Pending
        })
    }
}

impl Future for LocalSet {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, poll: &mut Context<'_>) -> Poll<()> {
        let place = Location::caller();
        let set = match &mut self.inner {
            Inner::Real(real) => return Pin::new(real).poll(poll),
            Inner::Model(set) => set,
        };
        in_poll(set, poll.waker(), |cx| {
            if set.tick(cx, place) {
                poll.waker().wake_by_ref();
                Poll::Pending
            } else if set.tasks.borrow().is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    }
}

impl Default for LocalSet {
    fn default() -> LocalSet {
        LocalSet::new()
    }
}

impl Drop for LocalSet {
    fn drop(&mut self) {
        let Inner::Model(set) = &self.inner else { return };
        set.closed.set(true);
        let tasks = set.tasks.take();
        let Some(cx) = coyote_engine::current().filter(|cx| cx.id() == set.execution) else { return };
        let _enter = EnterSet::new(cx, set);
        let _no_blocking = context::NoBlocking::new(context::remembered(cx));
        for task in tasks.into_values() {
            let body = task.body.borrow_mut().take();
            if let Some(body) = body {
                end(cx, body, task.control.id);
            }
        }
    }
}

impl fmt::Debug for LocalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSet").finish()
    }
}
