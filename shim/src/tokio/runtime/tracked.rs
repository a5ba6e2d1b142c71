//! Tasks of runtimes that the program built: counted, and run only while their runtime is driven.

use ::std::future::Future;
use ::std::pin::Pin;
use ::std::rc::Rc;
use ::std::sync::Arc;
use ::std::task::{Context as PollContext, Poll};

use coyote_engine::{Access, Context, LaneId, Op, OpKind, Spawn};
use pin_project_lite::pin_project;

use super::context::{self, Ambient};
use super::core::{Callback, Core, Home, Pool};
use super::parking::call;
use super::reactor;
use crate::support::Place;
use crate::tokio::task::JoinHandle;

/// Counts a task as long as its future, or closure, is there.
struct Token {
    core: Arc<Core>,
    pool: Pool,
}

impl Token {
    fn new(cx: Context, core: &Arc<Core>, pool: Pool) -> Token {
        core.began(cx, pool);
        Token { core: Arc::clone(core), pool }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.core.ended(self.pool);
    }
}

/// The thread that a closure has on the blocking pool.
struct OnPool(Arc<Core>);

impl Drop for OnPool {
    fn drop(&mut self) {
        self.0.gives_thread_back();
    }
}

/// Calls `on_thread_stop` when dropped, also when the closure panics.
struct Stop(Option<Callback>);

impl Drop for Stop {
    fn drop(&mut self) {
        if let Some(stop) = &self.0 {
            stop();
        }
    }
}

pin_project! {
    /// A future with its token, which is dropped after it.
    struct Tracked<F> {
        #[pin]
        future: F,
        token: Token,
        injected: Option<Injected>,
        place: Place,
    }
}

/// Counts a task that was spawned from outside of the workers until it runs.
struct Injected(Arc<Core>);

impl Injected {
    fn new(cx: Context, core: &Arc<Core>) -> Option<Injected> {
        if context::on_worker_of(cx, core) {
            return None;
        }
        core.inject(true);
        Some(Injected(Arc::clone(core)))
    }
}

impl Drop for Injected {
    fn drop(&mut self) {
        self.0.inject(false);
    }
}

impl<F: Future> Future for Tracked<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, poll: &mut PollContext<'_>) -> Poll<F::Output> {
        let this = self.project();
        let core = &this.token.core;
        if !core.may_run(poll.waker()) {
            if let Some(cx) = core.here() {
                let op = Op::new(OpKind::BlockOn, core.object(cx), Access::Read, this.place);
                cx.note_wait(op, poll.waker());
            }
            return Poll::Pending;
        }
        *this.injected = None;
        if let Some(cx) = core.here() {
            reactor::enter_core(cx, core);
        }
        let Some(parking) = core.setup.parking.as_ref().filter(|_| core.is_current_thread()) else {
            let polled = this.future.poll(poll);
            if let Some(cx) = core.here() {
                core.poll_ended(cx);
            }
            return polled;
        };
        parking.unpark();
        let polled = this.future.poll(poll);
        if let (Poll::Ready(_), Some(cx)) = (&polled, core.here()) {
            parking.ended(cx.current_task());
        }
        parking.polled();
        polled
    }
}

impl Home {
    /// Creates a task of this runtime, whose future need not be `Send` if that is sound here; a cancelled
    /// one if the runtime has been shut down, or belongs to an execution that has ended.
    pub(crate) fn spawn<F>(&self, cx: Context, future: F, place: Place) -> JoinHandle<F::Output>
    where
        F: Future,
    {
        self.spawn_named(cx, future, None, place)
    }

    /// Like [`Home::spawn`], with a name for the task.
    pub(crate) fn spawn_named<F>(
        &self,
        cx: Context,
        future: F,
        name: Option<Rc<str>>,
        place: Place,
    ) -> JoinHandle<F::Output>
    where
        F: Future,
    {
        let Some(created) = self.create_named(cx, future, name, place) else {
            return JoinHandle::cancelled();
        };
        cx.point_after_spawn(place);
        created
    }

    /// Like [`Home::spawn`], without a scheduling point.
    pub(super) fn create<F>(&self, cx: Context, future: F, place: Place) -> Option<JoinHandle<F::Output>>
    where
        F: Future,
    {
        self.create_named(cx, future, None, place)
    }

    fn create_named<F>(
        &self,
        cx: Context,
        future: F,
        name: Option<Rc<str>>,
        place: Place,
    ) -> Option<JoinHandle<F::Output>>
    where
        F: Future,
    {
        if self.execution() != cx.id() {
            return None;
        }
        let spawn = Spawn { is_thread: false, name, lane: LaneId::UNLIMITED, location: place };
        let handle = match self {
            Home::Implicit(_) => cx.create(future, spawn),
            Home::Core(core) => {
                if core.is_closed() {
                    return None;
                }
                let token = Token::new(cx, core, Pool::Async);
                let future = Tracked { future, token, injected: Injected::new(cx, core), place };
                let handle = cx.create(future, Spawn { lane: core.lane, ..spawn });
                core.register(handle.abort_handle(), false);
                let ambient = Ambient::of_task(self.clone(), false);
                cx.set_local_of(handle.id(), context::key(), Rc::new(ambient));
                handle
            }
        };
        Some(JoinHandle::model(handle))
    }

    /// Creates a task from a closure that may block.
    pub(crate) fn spawn_blocking<F, R>(&self, cx: Context, body: F, place: Place) -> JoinHandle<R>
    where
        F: FnOnce() -> R,
    {
        let Some(created) = self.create_blocking(cx, body, place) else { return JoinHandle::cancelled() };
        cx.point_after_spawn(place);
        created
    }

    pub(super) fn create_blocking<F, R>(&self, cx: Context, body: F, place: Place) -> Option<JoinHandle<R>>
    where
        F: FnOnce() -> R,
    {
        if self.execution() != cx.id() {
            return None;
        }
        let spawn = Spawn { is_thread: true, name: None, lane: LaneId::UNLIMITED, location: place };
        let handle = match self {
            Home::Implicit(_) => cx.create_thread(body, spawn),
            Home::Core(core) => {
                if core.is_closed() {
                    return None;
                }
                let is_new_thread = core.takes_new_thread();
                let thread = OnPool(Arc::clone(core));
                let token = Token::new(cx, core, Pool::Blocking);
                let (start, stop) = (core.setup.after_start.clone(), core.setup.before_stop.clone());
                let body = move || {
                    let _token = token;
                    let _thread = thread;
                    if let Some(start) = start {
                        start();
                    }
                    let _stop = Stop(stop);
                    body()
                };
                let name = core.setup.thread_name.as_ref().map(|name| name().into());
                let handle = cx.create_thread(body, Spawn { lane: core.blocking_lane, name, ..spawn });
                core.register(handle.abort_handle(), is_new_thread);
                handle
            }
        };
        let ambient = Ambient::of_task(self.clone(), true);
        cx.set_local_of(handle.id(), context::key(), Rc::new(ambient));
        Some(JoinHandle::model(handle))
    }
}

/// Starts one thread per worker of a multi-threaded runtime that wants to know of its threads.
pub(super) fn start_workers(cx: Context, core: &Arc<Core>) {
    let setup = &core.setup;
    let is_wanted = setup.after_start.is_some() || setup.before_stop.is_some() || setup.parking.is_some();
    if core.is_current_thread() || !is_wanted {
        return;
    }
    for _ in 0..setup.workers.unwrap_or(1) {
        let (start, stop, worker) = (setup.after_start.clone(), setup.before_stop.clone(), Arc::clone(core));
        let place = ::std::panic::Location::caller();
        let token = Token::new(cx, core, Pool::Blocking);
        let body = move || {
            let _token = token;
            if let Some(start) = start {
                start();
            }
            let _stop = Stop(stop);
            let parking = worker.setup.parking.as_ref();
            parking.inspect(|parking| call(&parking.before));
            worker.await_shutdown(place);
            parking.inspect(|parking| call(&parking.after));
        };
        let name = setup.thread_name.as_ref().map(|name| name().into());
        let spawn = Spawn { is_thread: true, name, lane: LaneId::UNLIMITED, location: place };
        let handle = cx.create_thread(body, spawn);
        let ambient = Ambient::of_task(Home::Core(Arc::clone(core)), true);
        cx.set_local_of(handle.id(), context::key(), Rc::new(ambient));
    }
}
