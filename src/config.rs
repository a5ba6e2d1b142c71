//! What an exploration is to do.

use std::path::PathBuf;
use std::time::Duration;

use coyote_engine::strategy::StrategySpec;
use coyote_engine::{Granularity, Leaks, Options, Time, UnobservedPanic};
use coyote_report::text::Style;

use crate::classes::Until;

/// Which lanes the test's own runtime has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Lanes {
    /// A multi-threaded runtime with as many workers as there are tasks.
    #[default]
    Unlimited,
    /// A multi-threaded runtime with this many workers.
    Workers(u32),
    /// A `current_thread` runtime: tasks interleave at `.await` only.
    CurrentThread,
}

/// In which process executions run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Isolate {
    /// In the one that explores.
    #[default]
    No,
    /// Each in a fork of its own, so that no static, and no address, carries anything from one to the next.
    Process,
}

/// What becomes of the schedules of bugs that a test attribute's test finds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Regressions {
    /// Nothing.
    Off,
    /// Those that are kept are repeated first. New ones are not kept.
    Repeat,
    /// Those that are kept are repeated first, and new ones are kept.
    #[default]
    Keep,
}

/// The configuration of an [`Explorer`](crate::Explorer). Immutable once built.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) name: String,
    pub(crate) iterations: u64,
    pub(crate) timeout: Duration,
    pub(crate) max_steps: u64,
    pub(crate) strategy: StrategySpec,
    pub(crate) until: Until,
    pub(crate) seed: u64,
    pub(crate) time: Time,
    pub(crate) granularity: Granularity,
    pub(crate) lanes: Lanes,
    pub(crate) unobserved_panic: UnobservedPanic,
    pub(crate) spurious: bool,
    pub(crate) leaks: Leaks,
    pub(crate) races: bool,
    pub(crate) lock_order: bool,
    pub(crate) stack_size: usize,
    pub(crate) stuck_after: Duration,
    pub(crate) liveness_threshold: Option<u64>,
    pub(crate) isolate: Isolate,
    pub(crate) shrink: bool,
    /// Of tests by attribute.
    pub(crate) regressions: Regressions,
    pub(crate) out: Option<PathBuf>,
    /// Where a line about the exploration is appended.
    pub(crate) summary: Option<PathBuf>,
    /// Where lines about the exploration are appended while it runs.
    pub(crate) progress: Option<PathBuf>,
    /// The command that replays a trace whose file follows it, if it is not cargo's.
    pub(crate) replayed_by: Option<String>,
    /// Whether to go on after a bug.
    pub(crate) explore: bool,
    /// Whether an execution that reaches the step bound is a bug.
    pub(crate) fail_on_max_steps: bool,
    pub(crate) coverage: bool,
    /// Whether the report may use colours.
    pub(crate) style: Style,
    /// Whether places are marked for a code review on GitHub.
    pub(crate) annotate: bool,
    /// Where source files are looked up, besides the working directory.
    pub(crate) source_root: Option<PathBuf>,
}

impl Config {
    /// Creates the default configuration for a test of that name: 1,000 executions or 10 seconds,
    /// whichever comes first, of at most 10,000 unfair or 100,000 fair scheduling points; strategy
    /// `portfolio`; a seed that depends on the name alone.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        let seed =
            name.bytes().fold(0xcbf2_9ce4, |hash, byte| coyote_engine::mix(hash, u64::from(byte))) >> 32;
        Config {
            name,
            iterations: 1000,
            timeout: Duration::from_secs(10),
            max_steps: 10_000,
            strategy: StrategySpec::Portfolio,
            until: Until::Budget,
            seed,
            time: Time::Idle,
            granularity: Granularity::Op,
            lanes: Lanes::Unlimited,
            unobserved_panic: UnobservedPanic::Fail,
            spurious: true,
            leaks: Leaks::Warn,
            races: true,
            lock_order: true,
            stack_size: 2 << 20,
            stuck_after: Duration::from_secs(10),
            liveness_threshold: None,
            isolate: Isolate::No,
            shrink: true,
            regressions: Regressions::Keep,
            out: None,
            summary: None,
            progress: None,
            replayed_by: None,
            explore: false,
            fail_on_max_steps: false,
            coverage: false,
            style: Style::Plain,
            annotate: false,
            source_root: None,
        }
    }

    /// Sets the number of executions.
    ///
    /// # Panics
    /// Panics if it is 0.
    pub fn iterations(self, iterations: u64) -> Self {
        assert!(iterations > 0, "`iterations` is 0: write 1 or more");
        Config { iterations, ..self }
    }

    /// Sets the real time after which no further execution begins. 0 means no limit.
    pub fn timeout(self, timeout: Duration) -> Self {
        Config { timeout, ..self }
    }

    /// Sets the most scheduling points of an unfair schedule; a fair one may have ten times as many.
    ///
    /// # Panics
    /// Panics if it is 0.
    pub fn max_steps(self, max_steps: u64) -> Self {
        assert!(max_steps > 0, "`max_steps` is 0: write 1 or more");
        Config { max_steps, ..self }
    }

    /// Sets the strategy.
    pub fn strategy(self, strategy: StrategySpec) -> Self {
        Config { strategy, ..self }
    }

    /// Sets when the exploration ends, if nothing is found.
    pub fn until(self, until: Until) -> Self {
        Config { until, ..self }
    }

    /// Sets the seed that everything drawn depends on.
    pub fn seed(self, seed: u64) -> Self {
        Config { seed, ..self }
    }

    /// Sets how virtual time passes.
    pub fn time(self, time: Time) -> Self {
        Config { time, ..self }
    }

    /// Sets where tasks may be switched.
    pub fn granularity(self, granularity: Granularity) -> Self {
        Config { granularity, ..self }
    }

    /// Sets the lanes of the test's own runtime.
    pub fn lanes(self, lanes: Lanes) -> Self {
        Config { lanes, ..self }
    }

    /// Sets what becomes of a task's panic that nobody joined.
    pub fn unobserved_panic(self, unobserved_panic: UnobservedPanic) -> Self {
        Config { unobserved_panic, ..self }
    }

    /// Sets whether a condition variable may wake up for no reason, and a weak compare-and-exchange fail for no
    /// reason, once in an execution. They may by default, as they may for real.
    pub fn spurious(self, spurious: bool) -> Self {
        Config { spurious, ..self }
    }

    /// Sets whether data races on tracked cells are looked for: those that instrumented code makes of
    /// `std::cell::{Cell, UnsafeCell}`. They are by default. Synchronisation that is not under control is not
    /// seen; a program that relies on such has to switch this off.
    pub fn races(self, races: bool) -> Self {
        Config { races, ..self }
    }

    /// Sets whether deadlocks are predicted from the order in which tasks take locks, and then looked for. They
    /// are by default.
    pub fn lock_order(self, lock_order: bool) -> Self {
        Config { lock_order, ..self }
    }

    /// Sets what becomes of a lock, share or permit that was never given back: a guard that was leaked. By
    /// default the report warns of it.
    pub fn leaks(self, leaks: Leaks) -> Self {
        Config { leaks, ..self }
    }

    /// Sets the stack of a task, in bytes.
    pub fn stack_size(self, stack_size: usize) -> Self {
        Config { stack_size, ..self }
    }

    /// Sets how long, in real time, a task may go without reaching a scheduling point.
    pub fn stuck_after(self, stuck_after: Duration) -> Self {
        Config { stuck_after, ..self }
    }

    /// Sets for how many scheduling points of a fair schedule a monitor may be hot; 0 for any number. By
    /// default it is half the bound of a fair schedule.
    pub fn liveness_threshold(self, points: u64) -> Self {
        Config { liveness_threshold: Some(points), ..self }
    }

    /// Sets in which process executions run. Ignored where there are no forks.
    ///
    /// A process that forks should run nothing else meanwhile: the attributes see to that, by having the test
    /// run in a process of its own; an [`Explorer`](crate::Explorer) forks where it is.
    pub fn isolate(self, isolate: Isolate) -> Self {
        Config { isolate, ..self }
    }

    /// Sets whether the schedule of a bug is made simpler before it is reported: at most 500 executions
    /// more, or 5 seconds. It is by default.
    pub fn shrink(self, shrink: bool) -> Self {
        Config { shrink, ..self }
    }

    /// Sets whether it is counted what the executions cover: places, orders of locks, events of actors. All of them are
    /// recorded for that, which takes several times as long. It is not by default.
    pub fn coverage(self, coverage: bool) -> Self {
        Config { coverage, ..self }
    }

    /// Sets the folder for traces and reports. By default it is `coyote` in cargo's target folder.
    pub fn out(self, out: impl Into<PathBuf>) -> Self {
        Config { out: Some(out.into()), ..self }
    }

    pub(crate) fn source_root(self, root: impl Into<PathBuf>) -> Self {
        Config { source_root: Some(root.into()), ..self }
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            stack_size: self.stack_size,
            max_unfair_steps: self.max_steps,
            max_fair_steps: self.max_steps.saturating_mul(10),
            time: self.time,
            granularity: self.granularity,
            unobserved_panic: self.unobserved_panic,
            spurious: self.spurious,
            leaks: self.leaks,
            races: self.races,
            lock_order: self.lock_order,
            liveness_threshold: self.liveness_threshold,
        }
    }
}
