//! The exploration: execution after execution, until a bug is found or the budget is spent.

mod body;
mod confirm;
mod executor;
mod explore;
mod predicted;
mod replay;
mod search;
mod shared;

use std::future::Future;
use std::panic::Location;
use std::time::Instant;

use coyote_engine::trace::{Trace, TraceError};

use crate::config::Config;
use crate::report::Report;

pub use body::TestResult;
pub(crate) use body::{One, one_async, one_sync};
pub(crate) use explore::{explore, repeat, report_in_place};
pub(crate) use replay::{Source, ended_alike, replay};

/// Explores the schedules of a test body.
///
/// # Examples
/// ```
/// use coyote::{Config, Explorer};
///
/// let report = Explorer::new(Config::new("demo").iterations(200)).run(|| async {
///     let counter = std::sync::Arc::new(coyote::std::sync::atomic::AtomicU32::new(0));
///     let add = |counter: std::sync::Arc<coyote::std::sync::atomic::AtomicU32>| async move {
///         let seen = counter.load(std::sync::atomic::Ordering::SeqCst);
///         counter.store(seen + 1, std::sync::atomic::Ordering::SeqCst);
///     };
///     let one = coyote::tokio::spawn(add(counter.clone()));
///     let two = coyote::tokio::spawn(add(counter.clone()));
///     one.await.unwrap();
///     two.await.unwrap();
///     assert_eq!(counter.load(std::sync::atomic::Ordering::SeqCst), 2, "an addition was lost");
/// });
/// assert!(report.bug().is_some_and(|bug| bug.message().contains("an addition was lost")));
/// ```
#[derive(Clone, Debug)]
pub struct Explorer {
    config: Config,
}

impl Explorer {
    /// Creates an explorer. The environment is not looked at.
    pub fn new(config: Config) -> Self {
        Explorer { config }
    }

    /// Explores an asynchronous test body, on a runtime with the lanes of the configuration.
    ///
    /// # Panics
    /// Panics if no thread can be created to explore on.
    #[track_caller]
    pub fn run<F, Fut>(&self, body: F) -> Report
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future,
        Fut::Output: TestResult,
    {
        explore(&self.config, one_async(self.config.lanes, Location::caller(), body))
    }

    /// Explores a synchronous test body.
    ///
    /// # Panics
    /// Panics if no thread can be created to explore on.
    #[track_caller]
    pub fn run_sync<F, T>(&self, body: F) -> Report
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: TestResult,
    {
        explore(&self.config, one_sync(Location::caller(), body))
    }

    /// Repeats a recorded execution of an asynchronous test body.
    ///
    /// # Errors
    /// Returns an error if the trace belongs to another test.
    #[track_caller]
    pub fn replay<F, Fut>(&self, trace: &Trace, body: F) -> Result<Report, TraceError>
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future,
        Fut::Output: TestResult,
    {
        replay(
            &self.config,
            Source::File(trace.clone()),
            one_async(self.config.lanes, Location::caller(), body),
        )
    }

    /// Repeats a recorded execution of a synchronous test body.
    ///
    /// # Errors
    /// Returns an error if the trace belongs to another test.
    #[track_caller]
    pub fn replay_sync<F, T>(&self, trace: &Trace, body: F) -> Result<Report, TraceError>
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: TestResult,
    {
        replay(&self.config, Source::File(trace.clone()), one_sync(Location::caller(), body))
    }
}

/// # Panics
/// Panics if this program cannot unwind, for then no task can be cancelled, nor outlive a panic.
#[track_caller]
fn refuse_abort() {
    if cfg!(panic = "abort") {
        panic!(
            "coyote: this program is built with `panic = \"abort\"`, but under control tasks have to unwind: write \
             `panic = \"unwind\"` in the profile that builds it, or run it without control (COYOTE=off)"
        );
    }
}

#[expect(clippy::disallowed_methods, reason = "the budget of an exploration is real time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
