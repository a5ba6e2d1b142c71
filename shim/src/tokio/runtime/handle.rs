//! `tokio::runtime::Handle`.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;
use ::std::sync::Arc;

use coyote_engine::LaneId;

use super::context::{self, CONTEXT_MISSING, Enter, SetHome};
use super::core::Home;
use super::{Id, RuntimeMetrics};
use crate::entry;
use crate::support::Place;
use crate::tokio::task::JoinHandle;

/// Refers to a runtime.
#[derive(Clone)]
pub struct Handle {
    pub(super) inner: Inner,
}

#[derive(Clone)]
pub(super) enum Inner {
    Real(::tokio::runtime::Handle),
    Model(Home),
}

impl ::std::panic::UnwindSafe for Handle {}
impl ::std::panic::RefUnwindSafe for Handle {}

impl Handle {
    pub(super) fn real(handle: ::tokio::runtime::Handle) -> Handle {
        Handle { inner: Inner::Real(handle) }
    }

    pub(super) fn model(home: Home) -> Handle {
        Handle { inner: Inner::Model(home) }
    }

    /// Makes the runtime that of the current thread until the guard is dropped.
    ///
    /// Under control that is the current task. On an OS thread that is not under control, the handle of a
    /// runtime that is cannot be entered: there is still no runtime then.
    pub fn enter(&self) -> EnterGuard<'_> {
        match (&self.inner, coyote_engine::current()) {
            (Inner::Real(real), _) => EnterGuard { real: Some(real.enter()), _model: None },
            (Inner::Model(home), _) if home.fallback().is_some() => {
                EnterGuard { real: home.fallback().map(::tokio::runtime::Runtime::enter), _model: None }
            }
            (Inner::Model(home), Some(cx)) => {
                EnterGuard { real: None, _model: Some(SetHome::new(cx, home.clone())) }
            }
            (Inner::Model(_), None) => EnterGuard { real: None, _model: None },
        }
    }

    /// Returns the runtime of the current thread.
    ///
    /// # Panics
    /// Panics if there is none.
    #[track_caller]
    pub fn current() -> Self {
        match coyote_engine::current() {
            Some(cx) => Handle::model(context::expect_home(cx)),
            None => Handle::real(::tokio::runtime::Handle::current()),
        }
    }

    /// Returns the runtime of the current thread.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn try_current() -> Result<Self, TryCurrentError> {
        match coyote_engine::current() {
            Some(cx) => context::home(cx).map(Handle::model).ok_or(TryCurrentError { real: None }),
            None => match ::tokio::runtime::Handle::try_current() {
                Ok(handle) => Ok(Handle::real(handle)),
                Err(error) => Err(TryCurrentError { real: Some(error) }),
            },
        }
    }

    /// Spawns a future on the runtime.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let place = Location::caller();
        match (&self.inner, coyote_engine::current()) {
            (Inner::Real(real), cx) => {
                if cx.is_some() {
                    note_real(place);
                }
                JoinHandle::real(real.spawn(future))
            }
            (Inner::Model(home), _) if home.fallback().is_some() => match home.fallback() {
                Some(real) => JoinHandle::real(real.spawn(future)),
                None => JoinHandle::cancelled(),
            },
            (Inner::Model(home), Some(cx)) => home.spawn(cx, future, place),
            (Inner::Model(home), None) => {
                let mut created = None;
                coyote_engine::deliver_to(home.execution(), |_| {
                    created = coyote_engine::current().and_then(|cx| home.create(cx, future, place));
                });
                created.unwrap_or_else(JoinHandle::cancelled)
            }
        }
    }

    /// Runs a closure that may block, on the blocking pool of the runtime.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        let place = Location::caller();
        match (&self.inner, coyote_engine::current()) {
            (Inner::Real(real), cx) => {
                if cx.is_some() {
                    note_real(place);
                }
                JoinHandle::real(real.spawn_blocking(func))
            }
            (Inner::Model(home), _) if home.fallback().is_some() => match home.fallback() {
                Some(real) => JoinHandle::real(real.spawn_blocking(func)),
                None => JoinHandle::cancelled(),
            },
            (Inner::Model(home), Some(cx)) => home.spawn_blocking(cx, func, place),
            (Inner::Model(home), None) => {
                let mut created = None;
                coyote_engine::deliver_to(home.execution(), |_| {
                    created = coyote_engine::current().and_then(|cx| home.create_blocking(cx, func, place));
                });
                created.unwrap_or_else(JoinHandle::cancelled)
            }
        }
    }

    /// Runs a future to its end on the current thread.
    ///
    /// Under control timers fire, also those of a `current_thread` runtime that nobody drives.
    ///
    /// # Panics
    /// Panics if called where futures are driven.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        match &self.inner {
            Inner::Real(real) => {
                if coyote_engine::current().is_some() {
                    note_real(Location::caller());
                }
                real.block_on(future)
            }
            Inner::Model(home) => {
                let output = block_on(home, future, false, Location::caller());
                entry::settle();
                output
            }
        }
    }

    /// Returns the flavor of the runtime.
    pub fn runtime_flavor(&self) -> RuntimeFlavor {
        match &self.inner {
            Inner::Real(real) => match real.runtime_flavor() {
                ::tokio::runtime::RuntimeFlavor::CurrentThread => RuntimeFlavor::CurrentThread,
                _ => RuntimeFlavor::MultiThread,
            },
            Inner::Model(home) if home.is_current_thread() => RuntimeFlavor::CurrentThread,
            Inner::Model(_) => RuntimeFlavor::MultiThread,
        }
    }

    /// Returns the id of the runtime.
    pub fn id(&self) -> Id {
        match &self.inner {
            Inner::Real(real) => Id::real(real.id()),
            Inner::Model(home) => home.id(),
        }
    }

    /// Returns the name of the runtime, if it has one.
    pub fn name(&self) -> Option<&str> {
        match &self.inner {
            Inner::Real(real) => real.name(),
            Inner::Model(home) => home.name(),
        }
    }

    /// Returns a view of what the runtime is doing.
    pub fn metrics(&self) -> RuntimeMetrics {
        RuntimeMetrics::new(self.clone())
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner {
            Inner::Real(real) => real.fmt(f),
            Inner::Model(home) => f.debug_struct("Handle").field("inner", home).finish(),
        }
    }
}

/// Says in the report that a runtime from outside of the test was used inside of it.
#[cold]
pub(super) fn note_real(place: Place) {
    if let Some(cx) = coyote_engine::current() {
        cx.note_uncontrolled(format!(
            "a tokio runtime that was built outside of the test is used at {place}: its threads are not under control; \
             build it inside"
        ));
    }
}

/// Runs a future to its end on the current task; `drives` also the runtime's own tasks.
#[track_caller]
pub(super) fn block_on<F: Future>(home: &Home, future: F, drives: bool, place: Place) -> F::Output {
    if let Some(real) = home.fallback() {
        return real.block_on(future);
    }
    let Some(cx) = coyote_engine::current() else { return block_on_foreign(home, future, place) };
    assert!(
        home.execution() == cx.id(),
        "this runtime belongs to an execution that has ended: build it inside of the test's body"
    );
    let is_current_thread = home.is_current_thread();
    let enter = Enter::new(cx, home.clone(), !(drives && is_current_thread));
    match home {
        Home::Core(core) if drives => {
            let (_driver, alone) = core.drive();
            // A second thread in `block_on` of one runtime polls its future beside the first.
            if !is_current_thread || !alone {
                return cx.block_on(future, LaneId::UNLIMITED, place);
            }
            enter.drive_alone();
            let mut future = ::std::pin::pin!(future);
            let Some(parking) = &core.setup.parking else {
                let counted = ::std::future::poll_fn(|poll| {
                    let polled = future.as_mut().poll(poll);
                    if polled.is_pending() {
                        core.poll_ended(cx);
                    }
                    polled
                });
                return cx.block_on(counted, core.lane, place);
            };
            let told = ::std::future::poll_fn(|poll| {
                parking.unpark();
                let polled = future.as_mut().poll(poll);
                core.poll_ended(cx);
                parking.polled();
                polled
            });
            cx.block_on(told, core.lane, place)
        }
        _ => cx.block_on(future, LaneId::UNLIMITED, place),
    }
}

/// An OS thread that is not under control blocks on a runtime that is: that ends the run.
#[cold]
fn block_on_foreign<F: Future>(home: &Home, future: F, place: Place) -> F::Output {
    use ::std::task::{Context, Poll, Wake, Waker};
    use ::std::thread::{self, Thread};

    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let thread = thread::current();
    let name = thread.name().unwrap_or("without a name");
    let text =
        format!("OS thread {name}, which is not under control, blocks on a runtime that is, at {place}");
    coyote_engine::deliver_to(home.execution(), |execution| {
        if execution.is_in_place() {
            // Its threads are its own affair: it is not judged as a whole.
            execution.note_uncontrolled(text);
        } else {
            execution.end_uncontrolled(text);
        }
    });
    let waker = Waker::from(Arc::new(Unpark(thread)));
    let mut future = ::std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Keeps a runtime that of the current thread; see [`Handle::enter`].
#[derive(Debug)]
#[must_use = "Creating and dropping a guard does nothing"]
pub struct EnterGuard<'a> {
    #[expect(dead_code, reason = "dropped with the guard, and keeps it `!Send`")]
    real: Option<::tokio::runtime::EnterGuard<'a>>,
    _model: Option<SetHome>,
}

/// The flavors of runtimes.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuntimeFlavor {
    /// All tasks run on the thread that is in `block_on`.
    CurrentThread,
    /// Tasks run on several threads.
    MultiThread,
}

/// There is no runtime here; see [`Handle::try_current`].
#[derive(Debug)]
pub struct TryCurrentError {
    /// tokio's own, outside of any exploration.
    real: Option<::tokio::runtime::TryCurrentError>,
}

impl TryCurrentError {
    /// Returns true if there is no runtime.
    pub fn is_missing_context(&self) -> bool {
        self.real.as_ref().is_none_or(::tokio::runtime::TryCurrentError::is_missing_context)
    }

    /// Returns true if the thread is about to end.
    pub fn is_thread_local_destroyed(&self) -> bool {
        self.real.as_ref().is_some_and(::tokio::runtime::TryCurrentError::is_thread_local_destroyed)
    }
}

impl fmt::Display for TryCurrentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.real {
            Some(real) => real.fmt(f),
            None => f.write_str(CONTEXT_MISSING),
        }
    }
}

impl ::std::error::Error for TryCurrentError {}
