//! Real I/O under control: tokio's own reactors, driven by the exploring thread.
//!
//! What needs the operating system is re-exported: a socket looks for the runtime of its OS thread, registers with its
//! reactor, and has its task woken by that. So each runtime under control has a real one beside it, which is entered
//! on the exploring thread while the runtime's code runs. No thread drives it: the engine gives it its turn. It is
//! shut down with its runtime, whose sockets then fail as tokio's do.
//!
//! With several runtimes in one execution, a task that is switched away in the middle of a poll may find another
//! runtime's reactor when it goes on, until the poll ends.

#![expect(unsafe_code, reason = "a guard beside the handle that it borrows")]

use ::std::any::Any;
use ::std::cell::{Cell, RefCell};
use ::std::marker::PhantomData;
use ::std::panic::{AssertUnwindSafe, catch_unwind};
use ::std::rc::Rc;
use ::std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use ::std::time::Duration;

use ::tokio::runtime::{Builder, EnterGuard, Handle, Runtime};
use coyote_engine::{Context, Outside};

use super::core::{Core, Home};

/// Real runtimes that nothing was registered with: without I/O, and with it.
static UNUSED: [Mutex<Vec<Runtime>>; 2] = [const { Mutex::new(Vec::new()) }; 2];
/// Handles of runtimes that have been shut down.
static SHUT_DOWN: [OnceLock<Option<Handle>>; 2] = [const { OnceLock::new() }; 2];

/// For how long threads of a blocking pool, which read or write files, are waited for.
const LAST_FILES: Duration = Duration::from_secs(1);

/// The key of the reactor of an async test, which is no [`Core`].
const IMPLICIT: usize = 0;
/// The key of what is entered when there is no reactor any more; no address is that.
const NONE_LEFT: usize = usize::MAX;

::std::thread_local! {
    /// Whether there is a [`Keep`].
    static KEEPS: Cell<bool> = const { Cell::new(false) };
    /// What the next execution on this thread can have, entered as it is.
    static KEPT: Cell<Option<Rc<Reactors>>> = const { Cell::new(None) };
}

fn unused(has_io: bool) -> MutexGuard<'static, Vec<Runtime>> {
    UNUSED[usize::from(has_io)].lock().unwrap_or_else(PoisonError::into_inner)
}

fn build(has_io: bool) -> Option<Runtime> {
    let mut builder = Builder::new_current_thread();
    if has_io {
        builder.enable_io();
    }
    builder.enable_time().thread_name("coyote-files");
    match coyote_engine::current() {
        Some(cx) => cx.apart_from_outside(|| builder.build()).ok(),
        None => builder.build().ok(),
    }
}

/// The real runtime of one under control.
struct Reactor {
    /// What that is known by here.
    key: usize,
    has_io: bool,
    real: Option<Runtime>,
    used: bool,
}

impl Drop for Reactor {
    fn drop(&mut self) {
        match self.real.take() {
            Some(real) if self.used => real.shutdown_timeout(LAST_FILES),
            Some(real) => unused(self.has_io).push(real),
            None => {}
        }
    }
}

/// A real runtime that is entered on the exploring thread.
struct Entered {
    key: usize,
    // Dropped before what it borrows.
    guard: Option<EnterGuard<'static>>,
    _handle: Box<Handle>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        // An execution in place whose runtime was forgotten ends with its OS thread: maybe after tokio's thread-locals,
        // which there is then nothing to take out of.
        if Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed()) {
            ::std::mem::forget(self.guard.take());
        }
    }
}

impl Entered {
    fn new(key: usize, handle: Handle) -> Entered {
        let handle = Box::new(handle);
        let at: *const Handle = &raw const *handle;
        // SAFETY: the box keeps the handle where it is for as long as the guard, which is dropped first.
        let guard = unsafe { &*at }.enter();
        Entered { key, guard: Some(guard), _handle: handle }
    }
}

/// All real runtimes of an execution.
#[derive(Default)]
struct Reactors {
    /// Those of runtimes that have not been shut down.
    all: RefCell<Vec<Reactor>>,
    entered: RefCell<Option<Entered>>,
    /// Whether something was registered with one of them: they are not told apart.
    used: Cell<bool>,
}

impl Reactors {
    fn add(&self, cx: Context, key: usize, has_io: bool) {
        let known = unused(has_io).pop();
        let real = known.or_else(|| build(has_io));
        let mut all = self.all.borrow_mut();
        all.push(Reactor { key, has_io, real, used: self.used.get() });
        if all.len() > 1 {
            cx.note_outside_parts();
        }
        drop(all);
        if self.entered.borrow().as_ref().is_none_or(|entered| self.find(entered.key).is_none()) {
            self.enter(key);
        }
    }

    fn find(&self, key: usize) -> Option<usize> {
        self.all.borrow().iter().position(|reactor| reactor.key == key)
    }

    fn enter(&self, key: usize) {
        if self.entered.borrow().as_ref().is_some_and(|entered| entered.key == key) {
            return;
        }
        let Some(at) = self.find(key) else { return };
        let handle = self.all.borrow()[at].real.as_ref().map(|real| real.handle().clone());
        self.replace(handle.map(|handle| (key, handle)));
    }

    /// Leaves the runtime that is entered before another is: guards go in the reverse order.
    fn replace(&self, other: Option<(usize, Handle)>) {
        drop(self.entered.take());
        *self.entered.borrow_mut() = other.map(|(key, handle)| Entered::new(key, handle));
    }

    fn remove(&self, key: usize) {
        let Some(at) = self.find(key) else { return };
        let reactor = self.all.borrow_mut().remove(at);
        if self.entered.borrow().as_ref().is_some_and(|entered| entered.key == key) {
            let others = self.all.borrow().last().map(|other| other.key);
            match others {
                Some(other) => self.enter(other),
                None => self.replace(shut_down(reactor.has_io).map(|handle| (NONE_LEFT, handle))),
            }
        }
        drop(reactor);
    }
}

/// Returns the handle of a real runtime that has been shut down.
fn shut_down(has_io: bool) -> Option<Handle> {
    let make = || {
        let runtime = build(has_io)?;
        let handle = runtime.handle().clone();
        runtime.shutdown_background();
        Some(handle)
    };
    SHUT_DOWN[usize::from(has_io)].get_or_init(make).clone()
}

impl Outside for Reactors {
    fn turn(&self, at_most: Duration) {
        let mut at_most = at_most;
        let all = self.all.borrow();
        for real in all.iter().filter_map(|reactor| reactor.real.as_ref()) {
            let wait = ::std::mem::take(&mut at_most);
            // It fails if code under control is inside of a real runtime's `block_on`.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                real.block_on(async {
                    if wait.is_zero() {
                        ::tokio::task::yield_now().await;
                    } else {
                        ::tokio::time::sleep(wait).await;
                    }
                });
            }));
        }
    }

    fn used(&self) {
        self.used.set(true);
        self.all.borrow_mut().iter_mut().for_each(|reactor| reactor.used = true);
    }

    fn end(self: Rc<Self>) {
        let is_as_new = !self.used.get() && matches!(self.all.borrow()[..], [Reactor { key: IMPLICIT, .. }]);
        if is_as_new && KEEPS.get() {
            KEPT.set(Some(self));
        }
    }
}

fn reactors(cx: Context) -> Option<Rc<Reactors>> {
    let outside: Rc<dyn Any> = cx.outside()?;
    outside.downcast().ok()
}

fn key(core: &Core) -> usize {
    (&raw const *core).addr()
}

/// Gives a runtime its reactor.
pub(super) fn begin(cx: Context, core: &Core) {
    add(cx, key(core), core.setup.io_enabled);
}

/// Gives the runtime of an async test its reactor.
pub(crate) fn begin_implicit(cx: Context) {
    match KEPT.take() {
        Some(reactors) => cx.set_outside(reactors),
        None => add(cx, IMPLICIT, true),
    }
}

/// While this is there, the reactor of an async test that did not use it serves the next execution on this thread, and
/// is not left in between.
#[derive(Debug)]
pub struct Keep(PhantomData<*const ()>);

impl Keep {
    /// Begins to keep it, until dropped.
    #[expect(clippy::new_without_default, reason = "it begins something")]
    pub fn new() -> Keep {
        KEEPS.set(true);
        Keep(PhantomData)
    }
}

impl Drop for Keep {
    fn drop(&mut self) {
        KEEPS.set(false);
        drop(KEPT.take());
    }
}

fn add(cx: Context, key: usize, has_io: bool) {
    let reactors = reactors(cx).unwrap_or_else(|| {
        let reactors = Rc::new(Reactors::default());
        cx.set_outside(reactors.clone());
        reactors
    });
    reactors.add(cx, key, has_io);
}

/// Has code that follows find the reactor of this runtime.
pub(super) fn enter(cx: Context, home: &Home) {
    if !cx.outside_has_parts() {
        return;
    }
    let Some(reactors) = reactors(cx) else { return };
    match home {
        Home::Core(core) => reactors.enter(key(core)),
        Home::Implicit(_) => reactors.enter(IMPLICIT),
    }
}

/// The same for a task that is about to be polled.
pub(super) fn enter_core(cx: Context, core: &Core) {
    if cx.outside_has_parts()
        && let Some(reactors) = reactors(cx)
    {
        reactors.enter(key(core));
    }
}

/// Shuts a runtime's reactor down when dropped.
pub(super) struct End<'a>(pub(super) Context, pub(super) &'a Core);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if let Some(reactors) = reactors(self.0) {
            reactors.remove(key(self.1));
        }
    }
}
