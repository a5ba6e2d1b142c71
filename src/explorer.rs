//! The exploration: execution after execution, until a bug is found or the budget is spent.

mod confirm;
mod predicted;

use std::fmt::Debug;
use std::future::Future;
use std::panic::Location;
use std::process::{ExitCode, Termination};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use coyote_engine::strategy::{Replay, Strategy};
use coyote_engine::trace::{Repeat, Settings as TraceSettings, Short, Trace, TraceError};
use coyote_engine::{
    Decision, End, Failure, FailureKind, Options, Outcome, PanicRecord, Runner, Supervised, Warning, mix,
    supervise,
};

use coyote_report::coverage::Coverage;

use crate::classes::{Classes, Until};
use crate::config::{Config, Isolate, Lanes};
use crate::progress::Listener;
use crate::report::{Bug, Found, Report, Statistics, happened, sentence};
use crate::shrink::{Signature, shrink};
use predicted::Predicted;

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
        let mut run = || match lanes {
            Lanes::Unlimited => runner.run_async(strategy, seed, record, location, || {
                coyote_shim::enter_reactor();
                body()
            }),
            _ => runner.run_thread(strategy, seed, record, location, || {
                let runtime = builder().expect("limited lanes have a runtime").enable_all().build();
                runtime.expect("a modelled runtime can always be built").block_on(body())
            }),
        };
        let (outcome, output) = if record { coyote_shim::with_events(run) } else { run() };
        judge(outcome, output.as_ref())
    })
}

pub(crate) fn one_sync<F, T>(location: &'static Location<'static>, body: F) -> Arc<One>
where
    F: Fn() -> T + Send + Sync + 'static,
    T: TestResult,
{
    Arc::new(move |runner: &mut Runner, strategy: &mut (dyn Strategy + 'static), seed, record| {
        let mut run = || runner.run_thread(strategy, seed, record, location, &body);
        let (outcome, output) = if record { coyote_shim::with_events(run) } else { run() };
        judge(outcome, output.as_ref())
    })
}

/// Turns a returned error into a failure.
fn judge(mut outcome: Outcome, output: Option<&impl TestResult>) -> Outcome {
    if let (End::Completed, Some(message)) = (&outcome.end, output.and_then(TestResult::failure)) {
        let panic = PanicRecord { message, location: None };
        let kind = FailureKind::ReturnedError;
        let task = "main".to_owned();
        outcome.end = End::Failed(Failure { task, in_root: true, kind, panic, context: Vec::new() });
    }
    outcome
}

/// Runs executions, one at a time.
trait Executor {
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64, record: bool) -> Outcome;

    /// Returns the decisions of the latest execution.
    fn decisions(&self) -> Vec<Decision>;

    /// Returns the bound of fair schedules.
    fn max_fair_steps(&self) -> u64;

    /// Sets the bound of fair schedules.
    fn set_max_fair_steps(&mut self, bound: u64);

    /// Has what is recorded observed, too.
    fn set_observe(&mut self, observe: bool);

    /// Has executions tell only of circles of locks whose parts nothing but locks orders.
    fn set_order_clocks(&mut self, order_clocks: bool);
}

/// On this thread.
struct Here<'a> {
    runner: &'a mut Runner,
    one: &'a One,
}

impl Executor for Here<'_> {
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64, record: bool) -> Outcome {
        (self.one)(self.runner, strategy, seed, record)
    }

    fn decisions(&self) -> Vec<Decision> {
        self.runner.decisions()
    }

    fn max_fair_steps(&self) -> u64 {
        self.runner.options().max_fair_steps
    }

    fn set_max_fair_steps(&mut self, bound: u64) {
        self.runner.set_max_fair_steps(bound);
    }

    fn set_observe(&mut self, observe: bool) {
        self.runner.set_observe(observe);
    }

    fn set_order_clocks(&mut self, order_clocks: bool) {
        self.runner.set_order_clocks(order_clocks);
    }
}

/// Each in a process of its own.
#[cfg(unix)]
struct Forks<'a> {
    isolation: coyote_engine::Isolation,
    one: &'a One,
    decisions: Vec<Decision>,
    observe: bool,
    order_clocks: bool,
}

#[cfg(unix)]
impl Forks<'_> {
    fn new<'a>(config: &Config, one: &'a One) -> Forks<'a> {
        let isolation = coyote_engine::Isolation::new(config.options(), config.stuck_after);
        Forks { isolation, one, decisions: Vec::new(), observe: false, order_clocks: false }
    }
}

#[cfg(unix)]
impl Executor for Forks<'_> {
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64, record: bool) -> Outcome {
        let job = |runner: &mut Runner, strategy: &mut (dyn Strategy + 'static)| {
            runner.set_switch_hook(&coyote_shim::Spans);
            runner.set_observe(self.observe);
            runner.set_order_clocks(self.order_clocks);
            (self.one)(runner, strategy, seed, record)
        };
        let isolated = self.isolation.run(strategy, seed, &job);
        let isolated = isolated.unwrap_or_else(|error| panic!("coyote: no process can be forked: {error}"));
        self.decisions = isolated.decisions;
        isolated.outcome
    }

    fn decisions(&self) -> Vec<Decision> {
        self.decisions.clone()
    }

    fn max_fair_steps(&self) -> u64 {
        self.isolation.options().max_fair_steps
    }

    fn set_max_fair_steps(&mut self, bound: u64) {
        self.isolation.set_max_fair_steps(bound);
    }

    fn set_observe(&mut self, observe: bool) {
        self.observe = observe;
    }

    fn set_order_clocks(&mut self, order_clocks: bool) {
        self.order_clocks = order_clocks;
    }
}

/// What the watching thread may read while the other explores.
#[derive(Default)]
struct Progress {
    numbers: [AtomicU64; 11],
    /// What was found so far. Not locked while the program under test runs.
    bugs: Mutex<Vec<SearchedBug>>,
}

impl Progress {
    fn publish(&self, s: &Statistics) {
        let numbers = [
            s.iterations,
            s.classes,
            s.fair,
            s.bounded,
            s.min_steps,
            s.max_steps,
            s.total_steps,
            u64::from(s.tasks),
            s.classes_seen_once,
            s.classified,
            s.buggy,
        ];
        self.numbers.iter().zip(numbers).for_each(|(place, number)| place.store(number, Ordering::Relaxed));
    }

    fn bugs(&self) -> MutexGuard<'_, Vec<SearchedBug>> {
        self.bugs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what was published last; the numbers belong together once the other thread stands still.
    fn statistics(&self) -> Statistics {
        let numbers = self.numbers.each_ref().map(|place| place.load(Ordering::Relaxed));
        let [
            iterations,
            classes,
            fair,
            bounded,
            min_steps,
            max_steps,
            total_steps,
            tasks,
            once,
            classified,
            buggy,
        ] = numbers;
        let min_steps = if iterations == 0 { u64::MAX } else { min_steps };
        let tasks = tasks as u32;
        let known =
            Statistics { iterations, classes, fair, buggy, bounded, min_steps, ..Statistics::default() };
        Statistics { max_steps, total_steps, tasks, classes_seen_once: once, classified, ..known }
    }
}

/// How many different bugs an exploration that goes on after the first looks for.
const MOST_BUGS: usize = 10;

/// What the exploring thread came back with.
enum Searched {
    /// The budget was spent.
    Clean {
        statistics: Statistics,
        uncontrolled: Vec<String>,
        warnings: Vec<Warning>,
        repeatable: bool,
        coverage: Option<Coverage>,
    },
    /// Something was found.
    Found { bugs: Vec<SearchedBug>, statistics: Statistics, coverage: Option<Coverage> },
}

/// See [`Searched::Found`].
struct SearchedBug {
    iteration: u64,
    seed: u64,
    strategy: String,
    first: Outcome,
    decisions: Vec<Decision>,
    again: Outcome,
    /// Which executions of the other bugs are the same failure as this.
    signature: Option<Signature>,
}

/// Explores until something is found, or the budget is spent.
#[track_caller]
pub(crate) fn explore(config: &Config, one: Arc<One>) -> Report {
    refuse_abort();
    let start = now();
    let progress = Arc::new(Progress::default());
    let (theirs, body, settings) = (Arc::clone(&progress), Arc::clone(&one), config.clone());
    #[cfg(unix)]
    let isolated = (config.isolate == Isolate::Process)
        .then(|| Supervised::Done(search(config, &mut Forks::new(config, &*one), &progress)));
    #[cfg(not(unix))]
    let isolated = None;
    let searched = isolated.unwrap_or_else(|| {
        supervise(config.options(), config.stuck_after, move |runner| {
            runner.set_switch_hook(&coyote_shim::Spans);
            search(&settings, &mut Here { runner, one: &*body }, &theirs)
        })
    });
    match searched {
        Supervised::Done(Searched::Clean {
            mut statistics,
            uncontrolled,
            warnings,
            repeatable,
            coverage,
        }) => {
            statistics.elapsed = start.elapsed();
            Report { coverage, ..Report::clean(config, statistics, uncontrolled, warnings, repeatable) }
        }
        Supervised::Done(Searched::Found { bugs, mut statistics, coverage }) => {
            statistics.elapsed = start.elapsed();
            let mut reports = bugs.into_iter().map(|bug| report_of(config, &one, bug, &statistics));
            let first = reports.next().expect("something was found");
            Report { others: reports.collect(), coverage, ..first }
        }
        Supervised::Frozen(frozen) => {
            let mut statistics = progress.statistics();
            statistics.add(&frozen.outcome);
            statistics.elapsed = start.elapsed();
            let iteration = statistics.iterations;
            let again = repeat(config, frozen.decisions, Arc::clone(&one));
            let seed = mix(config.seed, iteration);
            let strategy = frozen.strategy;
            let settings = trace_settings(config);
            let found = Found { iteration, seed, strategy, first: frozen.outcome, again, settings };
            let report = Report::found(config, statistics.clone(), found);
            let before = std::mem::take(&mut *progress.bugs());
            let others = before.into_iter().map(|bug| report_of(config, &one, bug, &statistics)).collect();
            Report { others, ..report }
        }
    }
}

/// Reports on a bug, its schedule made as simple as it can be.
fn report_of(config: &Config, one: &Arc<One>, bug: SearchedBug, statistics: &Statistics) -> Report {
    let SearchedBug { iteration, seed, strategy, first, decisions, again, signature: _ } = bug;
    // What a strategy saw in a process of its own stays there.
    let may_shrink = config.shrink && config.isolate == Isolate::No;
    let shrunk = (may_shrink && Bug::same(&first, &again))
        .then(|| shrink(config, one, &again, decisions, seed))
        .flatten();
    let mut settings = trace_settings(config);
    if let End::StepBound { bound, .. } = first.end {
        settings.max_fair_steps = bound;
    }
    let found = Found { iteration, seed, strategy, first, again: Some(again), settings };
    let report = Report::found(config, statistics.clone(), found);
    match shrunk {
        Some(shrunk) => report.shrunk_to(shrunk),
        None => report,
    }
}

/// Reports on an execution in place, which nothing can repeat at once.
pub(crate) fn report_in_place(config: &Config, outcome: Outcome) -> Report {
    let mut statistics = Statistics { min_steps: u64::MAX, ..Statistics::default() };
    statistics.add(&outcome);
    (statistics.classes, statistics.classes_seen_once, statistics.classified) = (1, 1, 1);
    let (seed, settings) = (mix(config.seed, 1), trace_settings(config));
    let again = Some(outcome.clone());
    let strategy = config.strategy.to_string();
    let report = Report::found(
        config,
        statistics,
        Found { iteration: 1, seed, strategy, first: outcome, again, settings },
    );
    Report { in_place: true, ..report }
}

fn trace_settings(config: &Config) -> TraceSettings {
    let options = config.options();
    TraceSettings {
        time: options.time,
        granularity: options.granularity,
        spurious: options.spurious,
        max_unfair_steps: options.max_unfair_steps,
        max_fair_steps: options.max_fair_steps,
    }
}

/// Repeats an execution on a new thread, recording it.
pub(crate) fn repeat(config: &Config, decisions: Vec<Decision>, one: Arc<One>) -> Option<Outcome> {
    let again = supervise(config.options(), config.stuck_after, move |runner| {
        runner.set_switch_hook(&coyote_shim::Spans);
        runner.set_observe(true);
        one(runner, &mut Repeat::new(decisions), 0, true)
    });
    Some(match again {
        Supervised::Done(outcome) => outcome,
        Supervised::Frozen(frozen) => frozen.outcome,
    })
}

/// The loop, on the exploring thread.
fn search(config: &Config, executor: &mut dyn Executor, progress: &Progress) -> Searched {
    let _reactor = coyote_shim::KeepReactor::new();
    let mut strategy = config.strategy.build(config.max_steps);
    let mut classes = Classes::default();
    let mut statistics = Statistics { min_steps: u64::MAX, ..Statistics::default() };
    let mut uncontrolled = Vec::new();
    let mut warnings: Vec<Warning> = Vec::new();
    let mut predicted = Predicted::default();
    let mut first = None;
    let mut listener = Listener::of(config);
    let mut coverage = config.coverage.then(Coverage::new);
    executor.set_observe(config.coverage);
    let start = now();
    let tell = |listener: &mut Option<Listener>, end: &End, statistics: &Statistics| {
        if let Some(listener) = listener {
            listener.found(sentence(end), start.elapsed(), statistics);
        }
    };
    for iteration in 1..=config.iterations {
        let seed = mix(config.seed, iteration);
        let outcome = executor.execute(&mut *strategy, seed, config.coverage);
        if let (Some(coverage), Some(recording)) = (&mut coverage, &outcome.recording) {
            coverage.add(&happened(recording));
        }
        classes.add(outcome.fingerprint);
        statistics.add(&outcome);
        statistics.classes = classes.distinct();
        (statistics.classes_seen_once, statistics.classified) = classes.once();
        progress.publish(&statistics);
        for note in outcome.uncontrolled.iter() {
            if !uncontrolled.contains(note) {
                uncontrolled.push(note.clone());
            }
        }
        for warning in outcome.warnings.iter() {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        if matches!(outcome.end, End::Livelock(_)) && !confirm::holds(executor, &outcome) {
            statistics.unconfirmed += 1;
        } else if stops(config, &outcome.end) {
            let found = (iteration, seed, strategy.name());
            if keeps_bug(
                config,
                executor,
                progress,
                &outcome,
                found,
                &mut statistics,
                &mut |end, statistics| {
                    tell(&mut listener, end, statistics);
                },
            ) {
                break;
            }
        }
        // One that was cut off at the step bound of its strategy would go on beyond it when repeated.
        if first.is_none() && !matches!(outcome.end, End::StepBound { .. } | End::Livelock(_)) {
            first = Some((executor.decisions(), outcome.fingerprint, outcome.steps));
        }
        if !(outcome.cycles.is_empty() && outcome.orders.is_empty())
            && let Some((seed, outcome)) = predicted.look_into(executor, &outcome, seed)
        {
            let found = (iteration, seed, "steered".to_owned());
            if keeps_bug(
                config,
                executor,
                progress,
                &outcome,
                found,
                &mut statistics,
                &mut |end, statistics| {
                    tell(&mut listener, end, statistics);
                },
            ) {
                break;
            }
        }
        if strategy.is_exhausted() {
            statistics.complete = true;
            break;
        }
        if config.until == Until::Saturated && classes.is_saturated() {
            statistics.saturated = true;
            break;
        }
        // Looking at the clock costs as much as a tiny execution.
        let look = outcome.steps > 256 || iteration % 16 == 0;
        if look && (listener.is_some() || !config.timeout.is_zero()) {
            let elapsed = start.elapsed();
            if let Some(listener) = &mut listener {
                listener.look(elapsed, &statistics);
            }
            if !config.timeout.is_zero() && elapsed >= config.timeout {
                break;
            }
        }
    }
    let bugs = std::mem::take(&mut *progress.bugs());
    if !bugs.is_empty() {
        return Searched::Found { bugs, statistics, coverage };
    }
    // Once more, the first one that came to an end: if it differs, state has leaked from one execution into
    // the next.
    let mut repeatable = true;
    if let Some((decisions, fingerprint, steps)) = first {
        let again = executor.execute(&mut Repeat::new(decisions.clone()), 0, false);
        if is_race(&again.end) {
            // The first execution was made before it was known that there are cells to be tracked.
            statistics.buggy += 1;
            let found = (1, mix(config.seed, 1), strategy.name());
            let signature = Signature::of(&again);
            let bugs = vec![repeat_at_once(executor, again, signature, found)];
            return Searched::Found { bugs, statistics, coverage };
        }
        repeatable = (again.fingerprint, again.steps) == (fingerprint, steps)
            && !matches!(again.end, End::Diverged(_));
    }
    if !statistics.complete {
        // If all schedules were made, no deadlock was.
        warnings.extend(predicted.into_warnings());
    }
    Searched::Clean { statistics, uncontrolled, warnings, repeatable, coverage }
}

/// Returns whether an execution ended in a data race.
fn is_race(end: &End) -> bool {
    matches!(end, End::Failed(failure) if failure.kind == FailureKind::Race)
}

/// Keeps a bug, which the latest execution came to, unless it is known already. Returns whether the exploration ends
/// with it.
fn keeps_bug(
    config: &Config,
    executor: &mut dyn Executor,
    progress: &Progress,
    outcome: &Outcome,
    found: (u64, u64, String),
    statistics: &mut Statistics,
    tell: &mut dyn FnMut(&End, &Statistics),
) -> bool {
    statistics.buggy += 1;
    // One that is known already need not be repeated to be told: most of what fails is of that kind.
    let signature = Signature::of(outcome);
    let is_known = progress.bugs().iter().any(|bug| {
        bug.signature == signature && (signature.is_some() || bug.first.end.kind() == outcome.end.kind())
    });
    let ends = !config.explore || !outcome.end.is_bug();
    if ends || !is_known {
        tell(&outcome.end, statistics);
        let bug = repeat_at_once(executor, outcome.clone(), signature, found);
        executor.set_observe(config.coverage);
        progress.bugs().push(bug);
    }
    ends || progress.bugs().len() == MOST_BUGS
}

/// Repeats the latest execution, recording it.
fn repeat_at_once(
    executor: &mut dyn Executor,
    first: Outcome,
    signature: Option<Signature>,
    (iteration, seed, strategy): (u64, u64, String),
) -> SearchedBug {
    let decisions = executor.decisions();
    let bound = executor.max_fair_steps();
    if let End::StepBound { bound, .. } = first.end {
        // What repeats is fair, and would go on.
        executor.set_max_fair_steps(bound);
    }
    executor.set_observe(true);
    let again = executor.execute(&mut Repeat::new(decisions.clone()), seed, true);
    executor.set_observe(false);
    executor.set_max_fair_steps(bound);
    SearchedBug { iteration, seed, strategy, first, decisions, again, signature }
}

/// Returns whether an end is a reason to stop exploring.
fn stops(config: &Config, end: &End) -> bool {
    end.is_bug()
        || matches!(end, End::Uncontrolled(_) | End::Diverged(_))
        || config.fail_on_max_steps && matches!(end, End::StepBound { .. })
}

/// A trace to be replayed.
pub(crate) enum Source {
    /// With all names.
    File(Trace),
    /// Bare decisions.
    Short(Short),
}

impl Source {
    /// # Errors
    /// Returns an error if the trace belongs to another test.
    pub(crate) fn check(&self, test: &str) -> Result<(), TraceError> {
        match self {
            Source::File(trace) if trace.test == test => Ok(()),
            Source::File(trace) => {
                let recorded = format!("test `{}`", trace.test);
                Err(TraceError::OtherTest { recorded, asked: test.to_owned() })
            }
            Source::Short(short) => short.check_test(test),
        }
    }

    pub(crate) fn settings(&self) -> TraceSettings {
        match self {
            Source::File(trace) => trace.settings,
            Source::Short(short) => short.settings,
        }
    }

    fn fingerprint(&self) -> u64 {
        match self {
            Source::File(trace) => trace.fingerprint,
            Source::Short(short) => short.fingerprint,
        }
    }

    /// Returns a strategy that repeats the trace.
    pub(crate) fn strategy(&self) -> Replay {
        match self {
            Source::File(trace) => trace.replay(),
            Source::Short(short) => Replay::new(Box::new(short.clone())),
        }
    }
}

/// Repeats a recorded execution.
///
/// # Errors
/// Returns an error if the trace belongs to another test.
#[track_caller]
pub(crate) fn replay(config: &Config, source: Source, one: Arc<One>) -> Result<Report, TraceError> {
    refuse_abort();
    source.check(&config.name)?;
    let (settings, fingerprint) = (source.settings(), source.fingerprint());
    let config = Config {
        time: settings.time,
        granularity: settings.granularity,
        spurious: settings.spurious,
        max_steps: settings.max_unfair_steps,
        ..config.clone()
    };
    let start = now();
    let outcome = match isolated(&config, &one, &source) {
        Some(outcome) => outcome,
        None => {
            let options = Options { max_fair_steps: settings.max_fair_steps, ..config.options() };
            let replayed = supervise(options, config.stuck_after, move |runner| {
                runner.set_switch_hook(&coyote_shim::Spans);
                runner.set_observe(true);
                one(runner, &mut source.strategy(), 0, true)
            });
            match replayed {
                Supervised::Done(outcome) => outcome,
                Supervised::Frozen(frozen) => frozen.outcome,
            }
        }
    };
    let mut statistics =
        Statistics { min_steps: u64::MAX, elapsed: start.elapsed(), ..Statistics::default() };
    statistics.add(&outcome);
    (statistics.classes, statistics.classes_seen_once, statistics.classified) = (1, 1, 1);
    let same = outcome.fingerprint == fingerprint;
    Ok(Report::replayed(&config, statistics, outcome, settings, same))
}

/// Repeats a recorded execution in a process of its own, if that is where it belongs.
#[cfg(unix)]
fn isolated(config: &Config, one: &Arc<One>, source: &Source) -> Option<Outcome> {
    let is_isolated = config.isolate == Isolate::Process;
    is_isolated.then(|| {
        let mut forks = Forks::new(config, &**one);
        forks.set_max_fair_steps(source.settings().max_fair_steps);
        forks.execute(&mut source.strategy(), 0, true)
    })
}

#[cfg(not(unix))]
fn isolated(_config: &Config, _one: &Arc<One>, _source: &Source) -> Option<Outcome> {
    None
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

/// How long an exploration may take, for reports.
pub(crate) fn seconds(duration: Duration) -> String {
    if duration < Duration::from_millis(10) {
        format!("{:.1} ms", duration.as_secs_f64() * 1e3)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}

impl Bug {
    /// Returns whether a second run of the same decisions ended in the same way.
    pub(crate) fn same(first: &Outcome, again: &Outcome) -> bool {
        first.end.kind() == again.end.kind()
            && first.fingerprint == again.fingerprint
            && match (&first.end, &again.end) {
                (End::Failed(a), End::Failed(b)) => a.task == b.task,
                _ => true,
            }
    }
}
