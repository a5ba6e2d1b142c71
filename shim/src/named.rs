//! Tasks with names, for crates that bring tasks of their own.

use ::std::future::Future;
use ::std::panic::Location;

use crate::tokio::runtime::context;
use crate::tokio::task::JoinHandle;

/// Spawns a future on the runtime of the current task, under a name.
///
/// # Errors
/// Gives the future back if no exploration runs here.
pub fn spawn_named<F>(
    name: &str,
    future: F,
    place: &'static Location<'static>,
) -> Result<JoinHandle<F::Output>, F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    match coyote_engine::current() {
        Some(cx) => Ok(context::expect_home(cx).spawn_named(cx, future, Some(name.into()), place)),
        None => Err(future),
    }
}
