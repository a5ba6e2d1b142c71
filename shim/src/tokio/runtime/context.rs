//! What a task knows of where it runs: its runtime, whether it may block, its `LocalSet`.
//!
//! Most tasks need to remember nothing: a future without an entry of its own runs in the implicit runtime
//! of an async test, a thread without one in none.

use ::std::cell::{Cell, RefCell};
use ::std::rc::Rc;
use ::std::sync::Arc;

use coyote_engine::{Context, TaskId};

use super::core::{Core, Home};
use super::reactor;
use crate::tokio::task::{Id, LocalCore};

/// tokio's own texts.
pub(crate) const CONTEXT_MISSING: &str =
    "there is no reactor running, must be called from the context of a Tokio 1.x runtime";
const TIME_DISABLED: &str = "A Tokio 1.x context was found, but timers are disabled. Call `enable_time` on the \
                             runtime builder to enable timers.";

/// The number of the root task.
const ROOT: TaskId = 1;

/// Whether the task is driving futures.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entered {
    /// It is not: it may block.
    No,
    /// It is, and may block only in `block_in_place`, if at all.
    Yes { allow_block_in_place: bool },
}

/// What belongs to one task.
pub(crate) struct Ambient {
    home: RefCell<Option<Home>>,
    /// How many `EnterGuard`s there are.
    depth: Cell<usize>,
    entered: Cell<Entered>,
    /// Whether it runs on the one worker that a `current_thread` runtime has: the thread that drives it.
    on_only_worker: Cell<bool>,
    /// Whether it is a task of tokio's, which has an id.
    is_task: bool,
    /// The `LocalSet` whose tasks run now.
    pub(crate) local_set: RefCell<Option<Rc<LocalCore>>>,
    /// The task of a `LocalSet` that runs now.
    pub(crate) local_task: Cell<Option<Id>>,
}

impl Ambient {
    /// What a spawned future, or a closure on the blocking pool, starts with.
    pub(crate) fn of_task(home: Home, is_blocking: bool) -> Ambient {
        let allow_block_in_place = !home.is_current_thread();
        let entered = if is_blocking { Entered::No } else { Entered::Yes { allow_block_in_place } };
        let on_only_worker = Cell::new(!is_blocking && home.is_current_thread());
        Ambient { is_task: true, entered: Cell::new(entered), on_only_worker, ..Ambient::new(Some(home)) }
    }

    /// What a hook of a runtime's thread starts with: it is no task.
    pub(super) fn of_worker(home: Home) -> Ambient {
        Ambient { is_task: false, ..Ambient::of_task(home, false) }
    }

    fn new(home: Option<Home>) -> Ambient {
        Ambient {
            home: RefCell::new(home),
            depth: Cell::new(0),
            entered: Cell::new(Entered::No),
            on_only_worker: Cell::new(false),
            is_task: false,
            local_set: RefCell::new(None),
            local_task: Cell::new(None),
        }
    }
}

/// The key of [`Ambient`] among a task's values.
pub(crate) fn key() -> usize {
    static KEY: u8 = 0;
    (&raw const KEY).addr()
}

/// Returns what the current task remembers, if it remembers anything.
pub(crate) fn ambient(cx: Context) -> Option<Rc<Ambient>> {
    cx.local(key())?.downcast().ok()
}

/// Returns what the current task remembers, and makes it remember what was implied so far.
pub(crate) fn remembered(cx: Context) -> Rc<Ambient> {
    if let Some(ambient) = ambient(cx) {
        return ambient;
    }
    let ambient = Rc::new(if cx.in_thread() {
        Ambient::new(None)
    } else {
        Ambient { is_task: cx.current_task() != ROOT, ..Ambient::of_task(Home::Implicit(cx.id()), false) }
    });
    cx.set_local(key(), Some(ambient.clone()));
    ambient
}

/// Returns the runtime of the current task.
pub(crate) fn home(cx: Context) -> Option<Home> {
    match ambient(cx) {
        Some(ambient) => ambient.home.borrow().clone(),
        None if cx.in_thread() => None,
        None => Some(Home::Implicit(cx.id())),
    }
}

/// Returns the runtime of the current task.
///
/// # Panics
/// Panics with tokio's text if there is none.
#[track_caller]
pub(crate) fn expect_home(cx: Context) -> Home {
    match home(cx) {
        Some(home) => home,
        None => panic!("{CONTEXT_MISSING}"),
    }
}

/// Returns the runtime whose timers are used here, if the program built it.
///
/// # Panics
/// Panics with tokio's texts if there is no runtime here, or one without timers.
#[track_caller]
pub(crate) fn require_time(cx: Context) -> Option<Arc<Core>> {
    match expect_home(cx) {
        Home::Core(core) => {
            assert!(core.time_enabled(), "{TIME_DISABLED}");
            Some(core)
        }
        Home::Implicit(_) => None,
    }
}

/// Returns whether the current task may block its thread: whether it is not driving futures.
pub(crate) fn may_block(cx: Context) -> bool {
    match ambient(cx) {
        Some(ambient) => ambient.entered.get() == Entered::No,
        None => cx.in_thread(),
    }
}

/// Returns the id of the task that runs, if it is one of tokio's.
pub(crate) fn task_id(cx: Context) -> Option<Id> {
    match ambient(cx) {
        Some(ambient) => {
            ambient.local_task.get().or_else(|| ambient.is_task.then(|| Id::model(cx.current_task())))
        }
        None => (!cx.in_thread() && cx.current_task() != ROOT).then(|| Id::model(cx.current_task())),
    }
}

/// Returns the index of the worker thread that runs the current task; None if it does not run on one.
///
/// Under control the workers of a runtime without a limit are as many as its tasks.
pub fn worker_index() -> Option<usize> {
    let Some(cx) = coyote_engine::current() else { return ::tokio::runtime::worker_index() };
    if cx.in_thread() && may_block(cx) {
        return None;
    }
    match home(cx)? {
        Home::Implicit(_) => (cx.current_task() != ROOT).then(|| cx.current_task() as usize - 2),
        Home::Core(core) if core.is_current_thread() => {
            ambient(cx).is_some_and(|ambient| ambient.on_only_worker.get()).then_some(0)
        }
        Home::Core(_) if cx.in_thread() => None,
        Home::Core(core) => Some(core.worker_index(cx.current_task())),
    }
}

/// Returns whether the current task runs on a worker of this runtime.
pub(super) fn on_worker_of(cx: Context, core: &Arc<Core>) -> bool {
    let Some(ambient) = ambient(cx) else { return false };
    let is_here = matches!(&*ambient.home.borrow(), Some(Home::Core(here)) if Arc::ptr_eq(here, core));
    is_here && (ambient.on_only_worker.get() || (!core.is_current_thread() && !cx.in_thread()))
}

/// Makes a runtime that of the current task until dropped.
#[derive(Debug)]
pub(crate) struct SetHome {
    execution: u64,
    task: TaskId,
    depth: usize,
    previous: Option<Home>,
}

impl SetHome {
    pub(crate) fn new(cx: Context, home: Home) -> SetHome {
        let ambient = remembered(cx);
        let depth = ambient.depth.get() + 1;
        ambient.depth.set(depth);
        reactor::enter(cx, &home);
        let previous = ambient.home.replace(Some(home));
        SetHome { execution: cx.id(), task: cx.current_task(), depth, previous }
    }
}

impl Drop for SetHome {
    fn drop(&mut self) {
        let Some(cx) = coyote_engine::current() else { return };
        if cx.id() != self.execution || cx.current_task() != self.task {
            return;
        }
        let Some(ambient) = ambient(cx) else { return };
        if ambient.depth.get() != self.depth {
            if !::std::thread::panicking() {
                panic!(
                    "`EnterGuard` values dropped out of order. Guards returned by \
                     `tokio::runtime::Handle::enter()` must be dropped in the reverse order as they were acquired."
                );
            }
            return;
        }
        if let Some(previous) = &self.previous {
            reactor::enter(cx, previous);
        }
        let own = ambient.home.replace(self.previous.take());
        ambient.depth.set(self.depth - 1);
        drop(own);
    }
}

/// Makes the current thread drive futures until dropped.
pub(crate) struct Enter {
    ambient: Rc<Ambient>,
    previous: Entered,
    was_on_only_worker: bool,
    _home: SetHome,
}

impl Enter {
    /// # Panics
    /// Panics with tokio's text if the current task drives futures already.
    #[track_caller]
    pub(crate) fn new(cx: Context, home: Home, allow_block_in_place: bool) -> Enter {
        let ambient = remembered(cx);
        let previous = ambient.entered.get();
        if previous != Entered::No {
            // A literal, here as below: the payload is a `&str`, as tokio's.
            panic!(
                "Cannot start a runtime from within a runtime. This happens because a function (like `block_on`) \
                 attempted to block the current thread while the thread is being used to drive asynchronous tasks. If \
                 you are in an async function, use `.await` on the future instead of blocking on it."
            );
        }
        ambient.entered.set(Entered::Yes { allow_block_in_place });
        let was_on_only_worker = ambient.on_only_worker.replace(false);
        Enter { ambient, previous, was_on_only_worker, _home: SetHome::new(cx, home) }
    }

    /// Notes that the thread is the worker of a `current_thread` runtime.
    pub(super) fn drive_alone(&self) {
        self.ambient.on_only_worker.set(true);
    }
}

impl Drop for Enter {
    fn drop(&mut self) {
        self.ambient.entered.set(self.previous);
        self.ambient.on_only_worker.set(self.was_on_only_worker);
    }
}

/// Forbids `block_in_place` until dropped, as while the tasks of a `LocalSet` run.
pub(crate) struct NoBlocking {
    ambient: Rc<Ambient>,
    previous: Entered,
}

impl NoBlocking {
    pub(crate) fn new(ambient: Rc<Ambient>) -> NoBlocking {
        let previous = ambient.entered.get();
        if previous != Entered::No {
            ambient.entered.set(Entered::Yes { allow_block_in_place: false });
        }
        NoBlocking { ambient, previous }
    }
}

impl Drop for NoBlocking {
    fn drop(&mut self) {
        self.ambient.entered.set(self.previous);
    }
}

/// Runs `f` where blocking is allowed, giving the task's place in its lane to others.
///
/// # Panics
/// Panics with tokio's text on a `current_thread` runtime.
#[track_caller]
pub(crate) fn block_in_place<R>(cx: Context, f: impl FnOnce() -> R) -> R {
    let ambient = remembered(cx);
    let previous = ambient.entered.get();
    match previous {
        Entered::No => return f(),
        Entered::Yes { allow_block_in_place: false } => {
            panic!("can call blocking only when running on the multi-threaded runtime")
        }
        Entered::Yes { allow_block_in_place: true } => {}
    }
    struct Reset(Rc<Ambient>, Entered);
    impl Drop for Reset {
        fn drop(&mut self) {
            self.0.entered.set(self.1);
        }
    }
    cx.leave_own_lane();
    ambient.entered.set(Entered::No);
    let _reset = Reset(ambient, previous);
    crate::tokio::coop::with_budget(crate::tokio::coop::UNCONSTRAINED, f)
}

/// Returns the core of the runtime of the current task, for its own tasks.
pub(crate) fn local_runtime(cx: Context) -> Option<Arc<Core>> {
    match home(cx) {
        Some(Home::Core(core)) if core.is_local() => Some(core),
        _ => None,
    }
}
