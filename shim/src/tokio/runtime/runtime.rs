//! `tokio::runtime::Runtime`.

use ::std::future::Future;
use ::std::io;
use ::std::panic::Location;
use ::std::sync::Arc;
use ::std::time::Duration;

use super::core::{Core, Home};
use super::handle::{block_on, note_real};
use super::{Builder, EnterGuard, Handle, RuntimeMetrics};
use crate::entry::{self, Hold};
use crate::tokio::task::JoinHandle;

/// A runtime: dropped, it cancels its tasks, and waits for those that are in the middle of something.
#[derive(Debug)]
pub struct Runtime {
    /// tokio's own, outside of any exploration, until it is shut down.
    real: Option<::tokio::runtime::Runtime>,
    handle: Handle,
    /// Let go at last.
    _hold: Option<Hold>,
}

impl ::std::panic::UnwindSafe for Runtime {}
impl ::std::panic::RefUnwindSafe for Runtime {}

impl Runtime {
    pub(super) fn real(real: ::tokio::runtime::Runtime) -> Runtime {
        Runtime { handle: Handle::real(real.handle().clone()), real: Some(real), _hold: None }
    }

    pub(super) fn model(core: Arc<Core>, hold: Option<Hold>) -> Runtime {
        Runtime { handle: Handle::model(Home::Core(core)), real: None, _hold: hold }
    }

    fn core(&self) -> Option<&Arc<Core>> {
        match &self.handle.inner {
            super::handle::Inner::Model(Home::Core(core)) => Some(core),
            _ => None,
        }
    }

    /// Creates a multi-threaded runtime with everything enabled.
    ///
    /// # Errors
    /// Returns the error of the operating system, never under control.
    pub fn new() -> io::Result<Runtime> {
        Builder::new_multi_thread().enable_all().build()
    }

    /// Returns a handle to the runtime.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Spawns a future on the runtime.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.handle.spawn(future)
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

    /// [`Runtime::block_on`], as if called at this place.
    #[doc(hidden)]
    #[track_caller]
    pub fn block_on_at<F: Future>(&self, future: F, place: &'static Location<'static>) -> F::Output {
        if let Some(real) = &self.real {
            if coyote_engine::current().is_some() {
                note_real(place);
            }
            return real.block_on(future);
        }
        let super::handle::Inner::Model(home) = &self.handle.inner else {
            unreachable!("a runtime is either real or modelled")
        };
        let output = block_on(home, future, true, place);
        entry::settle();
        output
    }

    /// Makes it the runtime of the current thread until the guard is dropped.
    pub fn enter(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Shuts it down, waiting for tasks that are in the middle of something for `duration` at most.
    ///
    /// # Panics
    /// Panics if called where blocking is not allowed, unless `duration` is zero.
    #[track_caller]
    pub fn shutdown_timeout(mut self, duration: Duration) {
        if let Some(real) = self.real.take() {
            real.shutdown_timeout(duration);
        } else if let Some(core) = self.core() {
            core.shut_down(Some(duration), Location::caller());
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
}

impl Drop for Runtime {
    #[track_caller]
    fn drop(&mut self) {
        if let Some(core) = self.core() {
            core.shut_down(None, Location::caller());
        }
    }
}
