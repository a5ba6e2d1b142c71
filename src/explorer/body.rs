//! What is explored: one execution of a test body, whatever kind of function that is.

use std::fmt::Debug;
use std::future::Future;
use std::panic::Location;
use std::process::{ExitCode, Termination};
use std::sync::Arc;

use coyote_engine::strategy::Strategy;
use coyote_engine::{End, Failure, FailureKind, Outcome, PanicRecord, Runner};

use crate::config::Lanes;

/// What a test body may return.
pub trait TestResult {
    /// Returns what went wrong, if this says that something did.
    fn failure(&self) -> Option<String>;

    /// Returns the value of a test that passed.
    fn success() -> Self;
}

impl TestResult for () {
    fn failure(&self) -> Option<String> {
        None
    }

    fn success() -> Self {}
}

impl<T: TestResult, E: Debug> TestResult for Result<T, E> {
    fn failure(&self) -> Option<String> {
        match self {
            Ok(value) => value.failure(),
            Err(error) => Some(format!("the test returned an error: {error:?}")),
        }
    }

    fn success() -> Self {
        Ok(T::success())
    }
}

impl TestResult for ExitCode {
    fn failure(&self) -> Option<String> {
        let code = self.report();
        (format!("{code:?}") != format!("{:?}", ExitCode::SUCCESS))
            .then(|| format!("the test returned {code:?}"))
    }

    fn success() -> Self {
        ExitCode::SUCCESS
    }
}

/// One execution of the test body.
pub(crate) type One =
    dyn Fn(&mut Runner, &mut (dyn Strategy + 'static), u64, bool) -> Outcome + Send + Sync + 'static;

pub(crate) fn one_async<F, Fut>(lanes: Lanes, location: &'static Location<'static>, body: F) -> Arc<One>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future,
    Fut::Output: TestResult,
{
    let builder = move || match lanes {
        Lanes::Unlimited => None,
        Lanes::Workers(workers) => {
            let mut builder = coyote_shim::tokio::runtime::Builder::new_multi_thread();
            builder.worker_threads(workers.max(1) as usize);
            Some(builder)
        }
        Lanes::CurrentThread => Some(coyote_shim::tokio::runtime::Builder::new_current_thread()),
    };
    Arc::new(move |runner: &mut Runner, strategy: &mut (dyn Strategy + 'static), seed, record| {
        let mut output = None;
        let mut run = || match lanes {
            Lanes::Unlimited => runner.run_async_into(&mut output, strategy, seed, record, location, || {
                coyote_shim::enter_reactor();
                body()
            }),
            _ => runner.run_thread_into(&mut output, strategy, seed, record, location, || {
                let runtime = builder().expect("limited lanes have a runtime").enable_all().build();
                runtime.expect("a modelled runtime can always be built").block_on(body())
            }),
        };
        let mut outcome = if record { coyote_shim::with_events(run) } else { run() };
        judge(&mut outcome, output.as_ref());
        outcome
    })
}

pub(crate) fn one_sync<F, T>(location: &'static Location<'static>, body: F) -> Arc<One>
where
    F: Fn() -> T + Send + Sync + 'static,
    T: TestResult,
{
    Arc::new(move |runner: &mut Runner, strategy: &mut (dyn Strategy + 'static), seed, record| {
        let mut output = None;
        let mut run = || runner.run_thread_into(&mut output, strategy, seed, record, location, &body);
        let mut outcome = if record { coyote_shim::with_events(run) } else { run() };
        judge(&mut outcome, output.as_ref());
        outcome
    })
}

/// Turns a returned error into a failure.
fn judge(outcome: &mut Outcome, output: Option<&impl TestResult>) {
    if let (End::Completed, Some(message)) = (&outcome.end, output.and_then(TestResult::failure)) {
        let panic = PanicRecord { message, location: None };
        let kind = FailureKind::ReturnedError;
        let task = "main".to_owned();
        outcome.end = End::Failed(Failure { task, in_root: true, kind, panic, context: Vec::new() });
    }
}
