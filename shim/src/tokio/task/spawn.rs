//! `spawn`, `spawn_blocking`, `block_in_place`.

use ::std::future::Future;
use ::std::panic::Location;

use super::JoinHandle;
use crate::tokio::runtime::context;

/// Spawns a future on the runtime of the current thread.
///
/// # Panics
/// Panics if there is no runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match coyote_engine::current() {
        Some(cx) => context::expect_home(cx).spawn(cx, future, Location::caller()),
        None => JoinHandle::real(::tokio::spawn(future)),
    }
}

/// Runs a closure that may block, on the blocking pool of the runtime.
///
/// # Panics
/// Panics if there is no runtime.
#[track_caller]
pub fn spawn_blocking<F, R>(f: F) -> JoinHandle<R>
where
    F: FnOnce() -> R + Send + 'static,
    R: Send + 'static,
{
    match coyote_engine::current() {
        Some(cx) => context::expect_home(cx).spawn_blocking(cx, f, Location::caller()),
        None => JoinHandle::real(::tokio::task::spawn_blocking(f)),
    }
}

/// Runs a closure that may block, on the current thread, which gives its other tasks to another one.
///
/// # Panics
/// Panics on a `current_thread` runtime.
#[track_caller]
pub fn block_in_place<F, R>(f: F) -> R
where
    F: FnOnce() -> R,
{
    match coyote_engine::current() {
        Some(cx) => context::block_in_place(cx, f),
        None => ::tokio::task::block_in_place(f),
    }
}
