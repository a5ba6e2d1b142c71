//! What `#[coyote::test]` and the mirrored `#[tokio::test]` expand to. Here, and only here, an end
//! becomes a panic.

use std::future::Future;
use std::io::Write;
use std::panic::Location;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use coyote_engine::strategy::StrategySpec;
use coyote_engine::trace::{Trace, TraceError};
use coyote_engine::{End, Granularity, Leaks, Outcome, Time, UnobservedPanic};
use coyote_shim::tokio::runtime::Builder;

use crate::classes::Until;
use crate::config::{Config, Isolate, Lanes, Regressions};
use crate::explorer::{One, Source, TestResult, explore, one_async, one_sync, replay, report_in_place};
#[cfg(unix)]
use crate::isolated;
use crate::progress;
use crate::report::Report;
use crate::settings::{self, ReplaySource};
use crate::summary;
use crate::{artefacts, regressions};

/// Which runtime a `#[tokio::test]` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// `current_thread`.
    CurrentThread,
    /// `multi_thread`.
    MultiThread,
    /// `local`.
    Local,
}

/// The arguments of a `#[tokio::test]`.
#[derive(Clone, Copy, Debug)]
pub struct TokioTest {
    /// The runtime's flavour.
    pub flavor: Flavor,
    /// `worker_threads`.
    pub worker_threads: Option<usize>,
    /// `start_paused`.
    pub start_paused: bool,
    /// `unhandled_panic = "shutdown_runtime"`.
    pub unhandled_panic_shutdown: bool,
    /// `name`.
    pub name: Option<&'static str>,
}

/// A test, built by the expansion of an attribute.
#[derive(Clone, Debug)]
pub struct TestSpec {
    config: Config,
    expect_bug: Option<Option<&'static str>>,
    tokio: Option<TokioTest>,
    /// Registers the monitors.
    monitors: Vec<fn()>,
}

impl TestSpec {
    /// Begins the description of a test of the package in this folder.
    pub fn new(module: &str, name: &str, package: &str) -> Self {
        let config = Config::new(format!("{module}::{name}")).source_root(package);
        TestSpec { config, expect_bug: None, tokio: None, monitors: Vec::new() }
    }

    /// Begins the description of a `#[tokio::test]`: a detached task's panic is ignored there.
    pub fn tokio_test(module: &str, name: &str, package: &str, tokio: TokioTest) -> Self {
        let spec = TestSpec::new(module, name, package);
        TestSpec { tokio: Some(tokio), ..spec.unobserved_panic(UnobservedPanic::Ignore) }
    }

    fn with(self, change: impl FnOnce(Config) -> Config) -> Self {
        TestSpec { config: change(self.config), ..self }
    }

    /// See [`Config::iterations`].
    #[must_use]
    pub fn iterations(self, iterations: u64) -> Self {
        self.with(|config| config.iterations(iterations))
    }

    /// See [`Config::timeout`].
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|config| config.timeout(timeout))
    }

    /// See [`Config::max_steps`].
    #[must_use]
    pub fn max_steps(self, max_steps: u64) -> Self {
        self.with(|config| config.max_steps(max_steps))
    }

    /// See [`Config::strategy`]; the text was checked at compile time.
    ///
    /// # Panics
    /// Panics if the text names no strategy.
    #[must_use]
    pub fn strategy(self, text: &str) -> Self {
        let strategy = StrategySpec::parse(text);
        let strategy = strategy
            .unwrap_or_else(|| panic!("unknown strategy {text:?}: write {}", coyote_engine::strategy::KNOWN));
        self.with(|config| config.strategy(strategy))
    }

    /// See [`Config::until`].
    #[must_use]
    pub fn until(self, until: Until) -> Self {
        self.with(|config| config.until(until))
    }

    /// See [`Config::seed`].
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        self.with(|config| config.seed(seed))
    }

    /// See [`Config::time`].
    #[must_use]
    pub fn time(self, time: Time) -> Self {
        self.with(|config| config.time(time))
    }

    /// See [`Config::granularity`].
    #[must_use]
    pub fn granularity(self, granularity: Granularity) -> Self {
        self.with(|config| config.granularity(granularity))
    }

    /// See [`Config::lanes`].
    #[must_use]
    pub fn lanes(self, lanes: Lanes) -> Self {
        self.with(|config| config.lanes(lanes))
    }

    /// See [`Config::unobserved_panic`].
    #[must_use]
    pub fn unobserved_panic(self, unobserved_panic: UnobservedPanic) -> Self {
        self.with(|config| config.unobserved_panic(unobserved_panic))
    }

    /// See [`Config::spurious`].
    #[must_use]
    pub fn spurious(self, spurious: bool) -> Self {
        self.with(|config| config.spurious(spurious))
    }

    /// See [`Config::races`].
    #[must_use]
    pub fn races(self, races: bool) -> Self {
        self.with(|config| config.races(races))
    }

    /// See [`Config::lock_order`].
    #[must_use]
    pub fn lock_order(self, lock_order: bool) -> Self {
        self.with(|config| config.lock_order(lock_order))
    }

    /// See [`Config::leaks`].
    #[must_use]
    pub fn leaks(self, leaks: Leaks) -> Self {
        self.with(|config| config.leaks(leaks))
    }

    /// See [`Config::stack_size`].
    #[must_use]
    pub fn stack_size(self, stack_size: usize) -> Self {
        self.with(|config| config.stack_size(stack_size))
    }

    /// See [`Config::liveness_threshold`].
    #[must_use]
    pub fn liveness_threshold(self, points: u64) -> Self {
        self.with(|config| config.liveness_threshold(points))
    }

    /// Has a monitor watch each execution.
    #[must_use]
    pub fn monitor<M: coyote_spec::Monitor>(mut self) -> Self {
        self.monitors.push(coyote_spec::register::<M>);
        self
    }

    /// See [`Config::isolate`].
    #[must_use]
    pub fn isolate(self, isolate: Isolate) -> Self {
        self.with(|config| config.isolate(isolate))
    }

    /// Sets what becomes of the schedules of bugs.
    #[must_use]
    pub fn regressions(self, regressions: Regressions) -> Self {
        self.with(|config| Config { regressions, ..config })
    }

    /// See [`Config::shrink`].
    #[must_use]
    pub fn shrink(self, shrink: bool) -> Self {
        self.with(|config| config.shrink(shrink))
    }

    /// Makes the test pass only if a bug is found, its message contains the text, and it replays.
    #[must_use]
    pub fn expect_bug(self, message: Option<&'static str>) -> Self {
        TestSpec { expect_bug: Some(message), ..self }
    }

    /// Runs an `async` test body.
    ///
    /// # Panics
    /// Panics, and so fails the test, if a bug is found, or something in the environment cannot be used.
    #[track_caller]
    pub fn run_async<F, Fut>(self, body: F) -> Fut::Output
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future,
        Fut::Output: TestResult,
    {
        let location = Location::caller();
        let monitors = self.monitors.clone();
        self.run(
            |lanes, body| one_async(lanes, location, body),
            move || {
                monitors.iter().for_each(|register| register());
                body()
            },
            |lanes, body| {
                let mut builder = match lanes {
                    Lanes::CurrentThread => Builder::new_current_thread(),
                    _ => Builder::new_multi_thread(),
                };
                if let Lanes::Workers(workers) = lanes {
                    builder.worker_threads(workers.max(1) as usize);
                }
                builder.enable_all().build().expect("failed to build the runtime").block_on(body())
            },
        )
    }

    /// Runs a synchronous test body.
    ///
    /// # Panics
    /// As [`TestSpec::run_async`].
    #[track_caller]
    pub fn run_sync<F, T>(self, body: F) -> T
    where
        F: Fn() -> T + Send + Sync + 'static,
        T: TestResult,
    {
        let location = Location::caller();
        let monitors = self.monitors.clone();
        let body = move || {
            monitors.iter().for_each(|register| register());
            body()
        };
        self.run(|_, body| one_sync(location, body), body, |_, body| body())
    }

    /// Runs the body of a `#[tokio::test]`, on a runtime as its arguments say.
    ///
    /// # Panics
    /// As [`TestSpec::run_async`].
    #[track_caller]
    pub fn run_tokio<F, Fut>(self, body: F) -> Fut::Output
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future,
        Fut::Output: TestResult,
    {
        let arguments = self.tokio.expect("a tokio test has arguments");
        let place = Location::caller();
        self.run_sync(move || tokio_runtime(&arguments, body(), place))
    }

    #[track_caller]
    fn run<F, T>(
        self,
        one: impl FnOnce(Lanes, F) -> Arc<One>,
        body: F,
        plain: impl FnOnce(Lanes, F) -> T,
    ) -> T
    where
        T: TestResult,
    {
        // No closure: a panic in it would be at a place in this file, rather than at the test.
        let (config, settings) = match settings::apply(self.config) {
            Ok(applied) => applied,
            Err(error) => panic!("coyote: {error}"),
        };
        if settings.off {
            return plain(config.lanes, body);
        }
        // Nobody reads the schedule of a bug that is expected.
        let shrink = config.shrink && self.expect_bug.is_none();
        let config = config.shrink(shrink);
        let one = one(config.lanes, body);
        #[cfg(unix)]
        if config.isolate == Isolate::Process {
            let verdict = match settings.isolated {
                Some(into) => isolated::tell(into, &judge(&config, settings.replay, self.expect_bug, one)),
                None => isolated::run(&config.name),
            };
            match verdict {
                Ok(Ok(())) => return T::success(),
                Ok(Err(message)) => panic!("{message}"),
                Err(error) => panic!("coyote: {error}"),
            }
        }
        match judge(&config, settings.replay, self.expect_bug, one) {
            Ok(()) => T::success(),
            Err(message) => panic!("{message}"),
        }
    }
}

/// Runs a future as the expansion of the real `#[tokio::test]` does, which is at `place`.
fn tokio_runtime<Fut: Future>(
    arguments: &TokioTest,
    body: Fut,
    place: &'static Location<'static>,
) -> Fut::Output {
    let mut builder = match arguments.flavor {
        Flavor::MultiThread => Builder::new_multi_thread(),
        Flavor::CurrentThread | Flavor::Local => Builder::new_current_thread(),
    };
    if let Some(workers) = arguments.worker_threads {
        builder.worker_threads(workers);
    }
    if arguments.start_paused {
        builder.start_paused(true);
    }
    if let Some(name) = arguments.name {
        builder.name(name);
    }
    builder.enable_all();
    if arguments.flavor == Flavor::Local {
        let runtime = builder.build_local(coyote_shim::tokio::runtime::LocalOptions::default());
        return runtime.expect("failed to build the runtime").block_on_at(body, place);
    }
    builder.build().expect("failed to build the runtime").block_on_at(body, place)
}

/// Explores, or replays, and says why the test has failed if it has.
fn judge(
    config: &Config,
    replayed: Option<ReplaySource>,
    expect_bug: Option<Option<&str>>,
    one: Arc<One>,
) -> Result<(), String> {
    let unheard = progress::begin(config).err();
    if let Some(source) = replayed {
        return replay_one(config, source, one);
    }
    let config = &Config {
        // What is expected is neither kept nor repeated.
        regressions: if expect_bug.is_some() { Regressions::Off } else { config.regressions },
        ..config.clone()
    };
    let repeated = regressions::repeat(config, &one);
    let mut report = match repeated.failed {
        Some(stored) if config.explore => with_stored(stored, explore(config, one)),
        Some(report) => report,
        None => explore(config, one),
    };
    report.remarks.extend(repeated.remarks);
    if let Some(path) = &config.summary
        && let Err(error) = summary::append(path, &report)
    {
        report.uncontrolled.push(format!("COYOTE_SUMMARY={}: {error}", path.display()));
    }
    if let (Some(path), Some(error)) = (&config.progress, unheard) {
        report.uncontrolled.push(format!("COYOTE_PROGRESS={}: {error}", path.display()));
    }
    artefacts::write_coverage(config, &mut report);
    match expect_bug {
        Some(message) => {
            let verdict = expect(&report, message);
            progress::end(config, &report, verdict.is_ok());
            verdict
        }
        None => {
            keep_and_write(config, &mut report);
            progress::end(config, &report, false);
            conclude(config, &report)
        }
    }
}

/// Puts the bug of a stored schedule before what else was found.
fn with_stored(stored: Report, mut explored: Report) -> Report {
    let mut others = std::mem::take(&mut explored.others);
    let statistics = explored.statistics.clone();
    if explored.bug.is_some() {
        others.insert(0, explored);
    }
    let message = |report: &Report| report.bug().map(|bug| bug.message());
    let known = message(&stored);
    others.retain(|other| message(other) != known);
    Report { others, statistics, ..stored }
}

/// Keeps the schedules of all bugs, and writes a report of each.
fn keep_and_write(config: &Config, report: &mut Report) {
    let mut others = std::mem::take(&mut report.others);
    for (at, report) in std::iter::once(&mut *report).chain(&mut others).enumerate() {
        regressions::keep(config, report);
        artefacts::write(config, report, at);
    }
    report.others = others;
}

/// Returns whether the report tells of anything that should fail the test.
fn conclude(config: &Config, report: &Report) -> Result<(), String> {
    if let Some(bug) = &report.bug {
        show(config, report);
        return Err(format!("coyote found: {}", bug.message()));
    }
    for remark in &report.remarks {
        // The harness would keep what a test that passes prints to itself.
        let _ = writeln!(io::stderr(), "coyote: {}: {remark}", config.name);
    }
    let is_silent = report.uncontrolled.is_empty() && report.suspicions.is_empty();
    if !is_silent || !report.repeatable || report.statistics.bounded > 0 {
        show(config, report);
    }
    Ok(())
}

/// Prints a report, and marks its places where that is asked for.
fn show(config: &Config, report: &Report) {
    eprintln!("{}", report.styled(config.style));
    for (at, other) in report.others.iter().enumerate() {
        eprintln!("bug {} of {}:\n{}", at + 2, report.others.len() + 1, other.styled(config.style));
    }
    if let Some(recorded) = report.recorded().filter(|_| config.annotate) {
        // Where they are looked for.
        println!("{}", coyote_report::github::annotations(&recorded));
    }
}

/// Returns an error unless the report tells of the bug that is expected, and that it was reproduced.
fn expect(report: &Report, message: Option<&str>) -> Result<(), String> {
    let problem = match (&report.bug, message) {
        (None, _) => {
            "coyote found no bug, but the test expects one: raise `iterations`, or drop `expect = \"bug\"`"
                .to_owned()
        }
        (Some(bug), Some(message)) if !bug.message().contains(message) => {
            let found = bug.message();
            format!("coyote found a bug, but not the expected one: {found:?} does not contain {message:?}")
        }
        (Some(bug), _) if !bug.end.is_bug() || !bug.reproduced => {
            format!("coyote could not reproduce the bug that the test expects: {}", bug.message())
        }
        _ => return Ok(()),
    };
    eprintln!("{report}");
    Err(problem)
}

/// Ends a test whose execution in place is over before the test is.
pub(crate) fn conclude_in_place(config: &Config, outcome: Outcome) -> ! {
    let mut report = report_in_place(config, outcome);
    artefacts::write(config, &mut report, 0);
    progress::end(config, &report, false);
    show(config, &report);
    let message = report.bug().map_or_else(String::new, |bug| bug.message());
    panic!("coyote found: {message}");
}

fn replay_one(config: &Config, source: ReplaySource, one: Arc<One>) -> Result<(), String> {
    let replayed = load(source).and_then(|source| Ok(replay(config, source, one)?));
    let mut report = replayed.map_err(|error| format!("coyote: COYOTE_REPLAY{error}"))?;
    report.source_root.clone_from(&config.source_root);
    progress::end(config, &report, false);
    show(config, &report);
    match (&report.bug, &report.replay) {
        (_, Some((End::Diverged(divergence), _))) => Err(format!("coyote: the replay diverged {divergence}")),
        (Some(bug), _) => Err(format!("coyote found: {}", bug.message())),
        (None, _) => Ok(()),
    }
}

/// Why there is nothing to replay, as what follows the variable's name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error(
        "={}: {error}; write the path of a .trace file, absolute or from the folder of the test's package",
        path.display()
    )]
    File { path: PathBuf, error: io::Error },
    #[error(": {0}")]
    Trace(#[from] TraceError),
}

pub(crate) fn load(source: ReplaySource) -> Result<Source, ReplayError> {
    match source {
        ReplaySource::Short(text) => Ok(Source::Short(Trace::parse_short(&text)?)),
        ReplaySource::File(path) => match fs::read_to_string(&path) {
            Ok(text) => Ok(Source::File(Trace::parse_file(&text)?)),
            Err(error) => Err(ReplayError::File { path, error }),
        },
    }
}
