//! The state of a modelled runtime.

use ::std::fmt;
use ::std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use ::std::task::Waker;
use ::std::time::Duration;

use coyote_engine::{
    AbortRef, Access, ClockId, Context, Gate, LaneId, ObjectCell, ObjectId, Op, OpKind, TaskId,
};

use super::parking::Parking;
use super::{Id, context, reactor};
use crate::support::Place;

pub(super) type Callback = Arc<dyn Fn() + Send + Sync>;
pub(super) type ThreadName = Arc<dyn Fn() -> String + Send + Sync>;

/// The kinds of runtimes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flavor {
    CurrentThread,
    /// A `LocalRuntime`.
    Local,
    MultiThread,
}

/// What a runtime is made with, as far as it matters under control.
pub(super) struct Setup {
    pub(super) flavor: Flavor,
    /// None: without limit.
    pub(super) workers: Option<usize>,
    /// None: without limit.
    pub(super) max_blocking: Option<usize>,
    pub(super) name: Option<String>,
    pub(super) time_enabled: bool,
    pub(super) io_enabled: bool,
    pub(super) paused: bool,
    pub(super) thread_name: Option<ThreadName>,
    pub(super) after_start: Option<Callback>,
    pub(super) before_stop: Option<Callback>,
    pub(super) parking: Option<Parking>,
}

/// Which of a runtime's two kinds of tasks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Pool {
    /// Futures.
    Async,
    /// Closures that may block.
    Blocking,
}

impl Pool {
    /// The gate that is open while there is no task of this kind.
    fn gate(self) -> Gate {
        match self {
            Pool::Async => Gate::Exclusive,
            Pool::Blocking => Gate::Shared,
        }
    }
}

/// A modelled runtime.
pub(crate) struct Core {
    pub(super) execution: u64,
    pub(super) setup: Setup,
    pub(super) lane: LaneId,
    pub(super) blocking_lane: LaneId,
    /// The clock of its timers.
    pub(crate) clock: ClockId,
    pub(super) cell: ObjectCell,
    /// What its workers wait for.
    end: ObjectCell,
    /// The task that built it: the thread that a `LocalRuntime` belongs to.
    creator: TaskId,
    state: Mutex<State>,
    /// With an execution in place: tokio's own runtime with the same options, for use outside of it, or how
    /// to make that.
    real: Mutex<Option<::tokio::runtime::Builder>>,
    fallback: OnceLock<Option<::tokio::runtime::Runtime>>,
}

#[derive(Default)]
struct State {
    closed: bool,
    tasks: Vec<AbortRef>,
    /// Closures that the runtime's end does not cancel; see [`Core::takes_new_thread`].
    unstoppable: Vec<AbortRef>,
    blocking: BlockingThreads,
    live: [usize; 2],
    /// Tasks that were spawned from outside of the runtime's workers, and have not run yet.
    injected: usize,
    /// How many are in `block_on`.
    drivers: usize,
    /// Tasks of a `current_thread` runtime that nobody drives.
    parked: Vec<Waker>,
    /// Polls of tasks, or of what `block_on` runs, that have ended.
    polls: u64,
    /// How many of them left a `current_thread` runtime with nothing else to run.
    parks: u64,
    /// The task that each worker runs, as far as somebody asked.
    workers: Vec<Option<TaskId>>,
}

/// The threads of a blocking pool.
#[derive(Default)]
struct BlockingThreads {
    all: usize,
    idle: usize,
    /// Closures that wait for a thread.
    queued: usize,
}

/// A runtime under control: one that the program built, or the one of an async test.
#[derive(Clone)]
pub(crate) enum Home {
    /// The one of the async test that is this execution.
    Implicit(u64),
    /// One that was built.
    Core(Arc<Core>),
}

impl Home {
    pub(crate) fn is_current_thread(&self) -> bool {
        matches!(self, Home::Core(core) if core.is_current_thread())
    }

    /// Returns whether it is being shut down, or has been.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self, Home::Core(core) if core.is_closed())
    }

    pub(super) fn core(&self) -> Option<&Core> {
        match self {
            Home::Implicit(_) => None,
            Home::Core(core) => Some(core),
        }
    }

    pub(super) fn execution(&self) -> u64 {
        match self {
            Home::Implicit(execution) => *execution,
            Home::Core(core) => core.execution,
        }
    }

    /// Returns tokio's own runtime in its place, if this one was built in an execution in place, and is used
    /// by something else: it lies in a static, and several tests share it.
    pub(super) fn fallback(&self) -> Option<&::tokio::runtime::Runtime> {
        let Home::Core(core) = self else { return None };
        let is_here = coyote_engine::current().is_some_and(|cx| cx.id() == core.execution);
        if is_here || (coyote_engine::is_live(core.execution) && !crate::entry::is_asked_here()) {
            return None;
        }
        let make = || {
            let mut real = core.real.lock().unwrap_or_else(PoisonError::into_inner).take()?;
            Some(real.build().expect("failed to build the runtime"))
        };
        core.fallback.get_or_init(make).as_ref()
    }

    pub(super) fn id(&self) -> Id {
        match (self, coyote_engine::current()) {
            (Home::Core(core), Some(cx)) => Id::model(cx.object(&core.cell, "Runtime").0),
            _ => Id::model(0),
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Home::Implicit(_) => None,
            Home::Core(core) => core.setup.name.as_deref(),
        }
    }
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Home::Implicit(_) => f.write_str("MultiThread(..)"),
            Home::Core(core) => write!(f, "{:?}(..)", core.setup.flavor),
        }
    }
}

impl Core {
    #[track_caller]
    pub(super) fn new(cx: Context, setup: Setup, real: Option<::tokio::runtime::Builder>) -> Arc<Core> {
        let width = |n: Option<usize>| match n {
            Some(n) => cx.create_lane(u32::try_from(n).unwrap_or(u32::MAX)),
            None => LaneId::UNLIMITED,
        };
        let is_current_thread = setup.flavor != Flavor::MultiThread;
        let lane = width(if is_current_thread { Some(1) } else { setup.workers });
        // Only this flavor's clock can be paused.
        let clock = if is_current_thread { cx.create_clock(lane) } else { ClockId::VIRTUAL };
        if setup.paused {
            cx.set_frozen(clock, true);
        }
        let core = Arc::new(Core {
            execution: cx.id(),
            lane,
            clock,
            blocking_lane: width(setup.max_blocking),
            setup,
            cell: ObjectCell::new(),
            end: ObjectCell::new(),
            creator: cx.current_task(),
            state: Mutex::default(),
            real: Mutex::new(real),
            fallback: OnceLock::new(),
        });
        reactor::begin(cx, &core);
        core
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the execution that runs here, if the runtime belongs to it.
    pub(super) fn here(&self) -> Option<Context> {
        coyote_engine::current().filter(|cx| cx.id() == self.execution)
    }

    pub(super) fn object(&self, cx: Context) -> ObjectId {
        cx.object(&self.cell, "Runtime")
    }

    pub(crate) fn is_current_thread(&self) -> bool {
        self.setup.flavor != Flavor::MultiThread
    }

    pub(crate) fn is_local(&self) -> bool {
        self.setup.flavor == Flavor::Local
    }

    /// Returns whether the current task stands for the thread that a `LocalRuntime` belongs to.
    pub(crate) fn is_own_thread(&self, cx: Context) -> bool {
        cx.current_task() == self.creator || cx.current_lane() == self.lane
    }

    pub(crate) fn time_enabled(&self) -> bool {
        self.setup.time_enabled
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Returns whether it has been shut down to the end: what its tasks use is gone, too.
    pub(crate) fn is_shut_down(&self) -> bool {
        let state = self.state();
        state.closed && state.live[Pool::Async as usize] == 0
    }

    /// Notes a task that was spawned from outside of the workers; or that one runs, or is gone.
    pub(super) fn inject(&self, is_new: bool) {
        let injected = &mut self.state().injected;
        *injected = if is_new { *injected + 1 } else { *injected - 1 };
    }

    /// Returns the number of tasks in the queue that all workers share.
    pub(super) fn injected(&self) -> usize {
        self.state().injected
    }

    pub(super) fn alive(&self) -> usize {
        self.state().live[Pool::Async as usize]
    }

    /// Notes a new task, which is about to be created.
    pub(super) fn began(&self, cx: Context, pool: Pool) {
        let mut state = self.state();
        state.live[pool as usize] += 1;
        let first = state.live[pool as usize] == 1;
        drop(state);
        if first {
            cx.set_gate(self.object(cx), pool.gate(), false);
            self.hold_clock(cx, pool, true);
        }
    }

    /// Decides which thread a closure runs on; returns true if that is a new one. Such a thread looks for
    /// work before it looks whether the runtime is still there, so nothing but an abort cancels the closure. One
    /// that was idle, or is busy, may find the runtime shut down first.
    pub(super) fn takes_new_thread(&self) -> bool {
        let threads = &mut self.state().blocking;
        if threads.idle > 0 {
            threads.idle -= 1;
            return false;
        }
        let is_new = self.setup.max_blocking.is_none_or(|most| threads.all < most);
        if is_new {
            threads.all += 1;
        } else {
            threads.queued += 1;
        }
        is_new
    }

    /// Notes that a closure has ended: its thread takes the next, or is idle.
    pub(super) fn gives_thread_back(&self) {
        let threads = &mut self.state().blocking;
        if threads.queued > 0 {
            threads.queued -= 1;
        } else {
            threads.idle += 1;
        }
    }

    /// Remembers how a task is aborted; or that the runtime's end does not abort it.
    pub(super) fn register(&self, task: AbortRef, is_unstoppable: bool) {
        let mut state = self.state();
        let tasks = if is_unstoppable { &mut state.unstoppable } else { &mut state.tasks };
        if tasks.len() == tasks.capacity() {
            // Those that have ended need not be remembered.
            tasks.retain(|task| !task.is_finished());
        }
        tasks.push(task);
    }

    /// Notes that a task's future, or closure, is gone.
    pub(super) fn ended(&self, pool: Pool) {
        let Some(cx) = self.here() else { return };
        let mut state = self.state();
        state.live[pool as usize] -= 1;
        let last = state.live[pool as usize] == 0;
        drop(state);
        let object = self.object(cx);
        cx.releases(object);
        if last {
            cx.set_gate(object, pool.gate(), true);
            self.hold_clock(cx, pool, false);
        }
    }

    /// Keeps a paused clock from moving by itself while a closure is on the blocking pool, as tokio does.
    fn hold_clock(&self, cx: Context, pool: Pool, hold: bool) {
        if pool == Pool::Blocking {
            cx.hold_clock(self.clock, hold);
        }
    }

    /// Returns whether tasks may run now; if not, `waker` is woken when they may.
    pub(super) fn may_run(&self, waker: &Waker) -> bool {
        if !self.is_current_thread() {
            return true;
        }
        let mut state = self.state();
        if state.drivers == 0 {
            state.parked.push(waker.clone());
        }
        state.drivers > 0
    }

    /// Returns whether somebody is in `block_on`.
    pub(super) fn is_driven(&self) -> bool {
        self.state().drivers > 0
    }

    /// Returns the worker that runs a task in the middle of its poll.
    pub(super) fn worker_index(&self, task: TaskId) -> usize {
        let workers = &mut self.state().workers;
        let found = workers.iter().position(|&busy| busy == Some(task));
        let free = || workers.iter().position(Option::is_none);
        let index = found.or_else(free).unwrap_or(workers.len());
        if index == workers.len() {
            workers.push(None);
        }
        workers[index] = Some(task);
        index
    }

    /// Notes that the poll of a task has ended.
    pub(super) fn poll_ended(&self, cx: Context) {
        let parks = self.is_current_thread() && cx.is_alone_in_lane();
        let task = cx.current_task();
        let mut state = self.state();
        state.polls += 1;
        state.parks += u64::from(parks);
        if let Some(worker) = state.workers.iter_mut().find(|busy| **busy == Some(task)) {
            *worker = None;
        }
    }

    /// Returns how often a worker has parked, and whether it is parked now. Which worker of several runs a task
    /// nobody can tell: here it is the first, which parks after each, and the others park once.
    pub(super) fn parks(&self, worker: usize) -> (u64, bool) {
        let state = self.state();
        match (self.is_current_thread(), worker) {
            (true, _) => (state.parks, false),
            (false, 0) => (state.polls + 1, !state.closed),
            (false, _) => (1, !state.closed),
        }
    }

    /// Returns how many polls a worker has made.
    pub(super) fn polls(&self, worker: usize) -> u64 {
        if self.is_current_thread() || worker == 0 { self.state().polls } else { 1 }
    }

    /// Begins to drive the runtime; returns whether nobody else does.
    pub(super) fn drive(self: &Arc<Core>) -> (Driver, bool) {
        let mut state = self.state();
        state.drivers += 1;
        let alone = state.drivers == 1;
        let parked = ::std::mem::take(&mut state.parked);
        drop(state);
        parked.into_iter().for_each(Waker::wake);
        (Driver(Arc::clone(self)), alone)
    }

    /// Waits until the runtime is shut down.
    pub(super) fn await_shutdown(&self, place: Place) {
        if let Some(cx) = self.here().filter(|_| !self.is_closed()) {
            let end = cx.object(&self.end, "Runtime's end");
            cx.set_gate(end, Gate::Exclusive, false);
            cx.wait(end, Gate::Exclusive, Op::new(OpKind::Wait, end, Access::Read, place), None);
        }
    }

    /// Ends the runtime as its destructor does: cancels its tasks, and waits for those that are in the
    /// middle of something; for `at_most` so long.
    #[track_caller]
    pub(super) fn shut_down(&self, at_most: Option<Duration>, place: Place) {
        let Some(cx) = self.here() else { return };
        if self.is_closed() {
            return;
        }
        let object = self.object(cx);
        cx.point(Op::new(OpKind::Shutdown, object, Access::Write, place));
        let (mut tasks, unstoppable) = {
            let mut state = self.state();
            state.closed = true;
            (::std::mem::take(&mut state.tasks), ::std::mem::take(&mut state.unstoppable))
        };
        let _reactor = reactor::End(cx, self);
        tasks.iter().for_each(AbortRef::abort);
        tasks.extend(unstoppable);
        cx.set_gate(cx.object(&self.end, "Runtime's end"), Gate::Exclusive, true);
        if !cx.is_running() {
            // All tasks are being cancelled anyway.
            return;
        }
        let is_short = at_most == Some(Duration::ZERO);
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let deadline = at_most.map(|time| cx.now().saturating_add(nanos(time)));
        let wait = |pool: Pool, deadline| {
            let op = Op::new(OpKind::Shutdown, object, Access::Write, place);
            cx.wait(object, pool.gate(), op, deadline)
        };
        // What has ended by then is seen to have ended by whoever looks.
        let settle = || tasks.iter().filter(|task| task.is_here()).for_each(|task| cx.settle(task.id()));
        if self.is_current_thread() {
            // Its tasks are destroyed on the very thread that shuts it down.
            wait(Pool::Async, None);
            settle();
        }
        if is_short {
            return;
        }
        if !context::may_block(cx) {
            if ::std::thread::panicking() {
                return;
            }
            // A literal: the payload is a `&str`, as tokio's.
            panic!(
                "Cannot drop a runtime in a context where blocking is not allowed. This happens when a runtime is \
                 dropped from within an asynchronous context."
            );
        }
        if wait(Pool::Async, deadline) {
            wait(Pool::Blocking, deadline);
        }
        settle();
        if !self.is_current_thread() && self.alive() == 0 {
            cx.end_thread_of(self.lane);
        }
    }
}

/// One `block_on` of a runtime.
pub(super) struct Driver(Arc<Core>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.state().drivers -= 1;
    }
}
