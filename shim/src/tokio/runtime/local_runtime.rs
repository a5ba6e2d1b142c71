//! `tokio::runtime::LocalRuntime`.

use ::std::future::Future;
use ::std::io;
use ::std::marker::PhantomData;
use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::time::Duration;

use super::core::{Core, Home};
use super::handle::{Inner, block_on, note_real};
use super::{Builder, EnterGuard, Handle, LocalOptions, RuntimeMetrics};
use crate::entry::{self, Hold};
use crate::tokio::task::JoinHandle;

/// A runtime of the thread that built it, whose futures need not be `Send`.
#[derive(Debug)]
pub struct LocalRuntime {
    /// tokio's own, outside of any exploration, until it is shut down.
    real: Option<::tokio::runtime::LocalRuntime>,
    handle: Handle,
    not_send: PhantomData<*mut u8>,
    /// Let go at last.
    _hold: Option<Hold>,
}

impl ::std::panic::UnwindSafe for LocalRuntime {}
impl ::std::panic::RefUnwindSafe for LocalRuntime {}

impl LocalRuntime {
    pub(super) fn real(real: ::tokio::runtime::LocalRuntime) -> LocalRuntime {
        let handle = Handle::real(real.handle().clone());
        LocalRuntime { handle, real: Some(real), not_send: PhantomData, _hold: None }
    }

    pub(super) fn model(core: Arc<Core>, hold: Option<Hold>) -> LocalRuntime {
        let handle = Handle::model(Home::Core(core));
        LocalRuntime { handle, real: None, not_send: PhantomData, _hold: hold }
    }

    /// Creates one with everything enabled.
    ///
    /// # Errors
    /// Returns the error of the operating system, never under control.
    pub fn new() -> io::Result<LocalRuntime> {
        Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
    }

    /// Returns a handle to the runtime.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Spawns a future, which need not be `Send`, on the runtime.
    #[track_caller]
    pub fn spawn_local<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        match (&self.real, &self.handle.inner, coyote_engine::current()) {
            (Some(real), ..) => JoinHandle::real(real.spawn_local(future)),
            (None, Inner::Model(home), Some(cx)) => home.spawn(cx, future, Location::caller()),
            _ => JoinHandle::cancelled(),
        }
    }

    /// Runs a closure that may block, on the runtime's blocking pool.
    #[track_caller]
    pub fn spawn_blocking<F, R>(&self, func: F) -> JoinHandle<R>
    where
        F: FnOnce() -> R + Send + 'static,
        R: Send + 'static,
    {
        self.handle.spawn_blocking(func)
    }

    /// Runs a future to its end on the current thread, and the runtime's tasks meanwhile.
    ///
    /// # Panics
    /// Panics if called where futures are driven, or if the future panics.
    #[track_caller]
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.block_on_at(future, Location::caller())
    }

    /// [`LocalRuntime::block_on`], as if called at this place.
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on_at<F: Future>(&self, future: F, place: &'static Location<'static>) -> F::Output {
        match (&self.real, &self.handle.inner) {
            (None, Inner::Model(home)) => {
                let output = block_on(home, future, true, place);
                entry::settle();
                output
            }
            (Some(real), _) => {
                if coyote_engine::current().is_some() {
                    note_real(place);
                }
                real.block_on(future)
            }
            (None, Inner::Real(_)) => unreachable!("a runtime is either real or modelled"),
        }
    }

    /// Makes it the runtime of the current thread until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Shuts it down, waiting for closures that are in the middle of something for `duration` at most.
    ///
    /// # Panics
    /// Panics if called where blocking is not allowed, unless `duration` is zero.
    #[track_caller]
    pub fn shutdown_timeout(mut self, duration: Duration) {
        if let Some(real) = self.real.take() {
            real.shutdown_timeout(duration);
        } else {
            self.shut_down(Some(duration));
        }
    }

    /// Shuts it down without waiting.
    #[track_caller]
    pub fn shutdown_background(self) {
        self.shutdown_timeout(Duration::ZERO);
    }

    /// Returns a view of what the runtime is doing.
    pub fn metrics(&self) -> RuntimeMetrics {
        self.handle.metrics()
    }

    #[track_caller]
    fn shut_down(&self, at_most: Option<Duration>) {
        if let Inner::Model(Home::Core(core)) = &self.handle.inner {
            core.shut_down(at_most, Location::caller());
        }
    }
}

impl Drop for LocalRuntime {
    #[track_caller]
    fn drop(&mut self) {
        self.shut_down(None);
    }
}
