//! How a program of the suite is run: the correct one under every strategy, its wrong twin until found.

use std::any::type_name;
use std::future::Future;
use std::num::NonZeroU64;
use std::time::Duration;

use coyote::{Config, End, Explorer, FailureKind, Granularity, Lanes, Livelock, Report, StrategySpec, Time};

/// Executions per strategy of a correct program, unless `COYOTE_SUITE_ITERATIONS` says otherwise.
const ITERATIONS: NonZeroU64 = NonZeroU64::new(300).expect("300 is not 0");
/// Executions within which a wrong twin must be found.
const TWIN_ITERATIONS: u64 = 10_000;

const STRATEGIES: [StrategySpec; 6] = [
    StrategySpec::Random,
    StrategySpec::Probabilistic(3),
    StrategySpec::Pct(3),
    StrategySpec::FairPct(3),
    StrategySpec::RoundRobin,
    StrategySpec::Portfolio,
];

/// A circumstance under which a correct program passes too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Tasks are switched where a poll returns `Pending` only.
    Await,
    /// Timers fire before ready work, as on a slow machine.
    Racing,
    /// The test's runtime has one worker.
    OneWorker,
    /// The test's runtime has two workers.
    TwoWorkers,
    /// The test's runtime is a `current_thread` one.
    CurrentThread,
}

impl Mode {
    fn apply(self, config: Config) -> Config {
        match self {
            Mode::Await => config.granularity(Granularity::Await),
            Mode::Racing => config.time(Time::Racing),
            Mode::OneWorker => config.lanes(Lanes::Workers(1)),
            Mode::TwoWorkers => config.lanes(Lanes::Workers(2)),
            Mode::CurrentThread => config.lanes(Lanes::CurrentThread),
        }
    }
}

/// A program, and how it is explored.
pub(crate) struct Program {
    config: Config,
    name: String,
    modes: Vec<Mode>,
    spins: bool,
    explore: Box<dyn Fn(Config) -> Report>,
    run_for_real: Box<dyn Fn()>,
}

/// A program whose test body is asynchronous.
pub(crate) fn tasks<F, Fut>(body: F) -> Program
where
    F: Fn() -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let explore = Box::new(move |config| Explorer::new(config).run(body));
    let runtime = || tokio::runtime::Runtime::new().expect("a runtime can be built");
    let run_for_real = Box::new(move || runtime().block_on(body()));
    let modes = [Mode::Await, Mode::Racing, Mode::OneWorker, Mode::TwoWorkers, Mode::CurrentThread];
    Program::new(type_name::<F>(), modes.into(), explore, run_for_real)
}

/// A program whose test body is synchronous.
pub(crate) fn threads<F>(body: F) -> Program
where
    F: Fn() + Copy + Send + Sync + 'static,
{
    let explore = Box::new(move |config| Explorer::new(config).run_sync(body));
    Program::new(type_name::<F>(), vec![Mode::Await, Mode::Racing], explore, Box::new(body))
}

impl Program {
    fn new(
        name: &str,
        modes: Vec<Mode>,
        explore: Box<dyn Fn(Config) -> Report>,
        run_for_real: Box<dyn Fn()>,
    ) -> Program {
        let name = name.trim_end_matches("::{{closure}}").to_owned();
        let config = Config::new(&name).timeout(Duration::ZERO);
        Program { config, name, modes, spins: false, explore, run_for_real }
    }

    /// Leaves out a mode in which the program is not correct.
    #[must_use]
    pub(crate) fn except(mut self, mode: Mode) -> Program {
        self.modes.retain(|&other| other != mode);
        self
    }

    /// Lets every exploration of the program happen in this mode.
    #[must_use]
    pub(crate) fn under(mut self, mode: Mode) -> Program {
        self.config = mode.apply(self.config);
        self
    }

    /// Allows unfair schedules to reach the step bound, as the program polls until others go on.
    #[must_use]
    pub(crate) fn spins(self) -> Program {
        Program { spins: true, ..self }
    }

    /// Checks that the program passes: under every strategy, in every mode, and for real.
    #[track_caller]
    pub(crate) fn passes(self) {
        let config = self.config.clone().iterations(iterations().get());
        for strategy in STRATEGIES {
            self.passes_as(config.clone().strategy(strategy), &strategy.to_string());
        }
        for &mode in &self.modes {
            self.passes_as(mode.apply(config.clone()), &format!("portfolio, {mode:?}"));
        }
        (self.run_for_real)();
    }

    #[track_caller]
    fn passes_as(&self, config: Config, how: &str) {
        let report = (self.explore)(config);
        let (name, statistics) = (&self.name, report.statistics());
        println!(
            "{name}\t{how}\t{} iterations\t{} classes\t{} steps\t{:?}",
            statistics.iterations,
            statistics.classes,
            statistics.mean_steps(),
            statistics.elapsed
        );
        assert!(report.bug().is_none(), "false alarm in {name} ({how}):\n{report}");
        assert!(report.warnings().is_empty(), "warnings of {name} ({how}):\n{report}");
        assert_eq!(statistics.iterations, iterations().get(), "{name} ({how}) ended early");
        assert!(report.uncontrolled().is_empty(), "{name} ({how}): {:?}", report.uncontrolled());
        assert!(report.is_repeatable(), "{name} ({how}) differs when repeated");
        assert_eq!(statistics.abandoned, 0, "{name} ({how}) left tasks behind");
        assert!(self.spins || statistics.bounded == 0, "{name} ({how}) reached the step bound:\n{report}");
        if how == "random" {
            assert!(statistics.classes > 1, "{name} has one schedule only: is it under control?");
        }
    }

    /// Checks that the program is found to keep a worker busy for ever.
    #[track_caller]
    pub(crate) fn starves(self) {
        let starved = |end: &End, _: &str| matches!(end, End::Livelock(Livelock::Starved { .. }));
        self.found_as(starved, "a starved task");
    }

    /// Checks that the program is found to deadlock.
    #[track_caller]
    pub(crate) fn deadlocks(self) {
        self.found_as(|end, _| matches!(end, End::Deadlock(_)), "a deadlock");
    }

    /// Checks that the program is found to have a data race.
    #[track_caller]
    pub(crate) fn races(self) {
        let race =
            |end: &End, _: &str| matches!(end, End::Failed(failure) if failure.kind == FailureKind::Race);
        self.found_as(race, "a data race");
    }

    /// Checks that the program is found to panic with this text.
    #[track_caller]
    pub(crate) fn panics(self, text: &str) {
        let expected = |end: &End, message: &str| matches!(end, End::Failed(_)) && message.contains(text);
        self.found_as(expected, &format!("a panic with {text:?}"));
    }

    #[track_caller]
    fn found_as(self, expected: impl Fn(&End, &str) -> bool, what: &str) {
        let report = (self.explore)(self.config.clone().iterations(TWIN_ITERATIONS));
        let (name, statistics) = (&self.name, report.statistics());
        println!("{name}\tfound in iteration {}\t{:?}", statistics.iterations, statistics.elapsed);
        let bug = report.bug().unwrap_or_else(|| panic!("{name}: {what} was not found\n{report}"));
        assert!(expected(bug.end(), &bug.message()), "{name}: not {what}, but\n{report}");
        assert!(bug.is_reproduced(), "{name}: the replay differs\n{report}");
    }
}

/// Returns the number of executions per strategy of a correct program.
fn iterations() -> NonZeroU64 {
    #[expect(clippy::disallowed_methods, reason = "the one setting of the suite")]
    let value = std::env::var("COYOTE_SUITE_ITERATIONS");
    value.map_or(ITERATIONS, |value| {
        value
            .parse()
            .unwrap_or_else(|_| panic!("COYOTE_SUITE_ITERATIONS={value:?}: write a number from 1 on"))
    })
}
