//! Wrong programs, one per file, and how to explore and replay each.

pub mod choices;
pub mod condvar;
pub mod deadlock;
pub mod detached_panic;
pub mod lanes;
pub mod mpsc;
pub mod notify;
pub mod racing_time;
pub mod select;
pub mod timeout;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use coyote::{Config, Explorer, Report, StrategySpec, Trace, TraceError};

/// What a program does.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// On a runtime.
    Async(fn() -> Pin<Box<dyn Future<Output = ()>>>),
    /// On a thread.
    Sync(fn()),
}

/// A program with a bug.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name, which is that of its file.
    pub name: &'static str,
    /// What the end is called, as [`coyote::End::kind`].
    pub end: &'static str,
    /// What the failure says.
    pub message: &'static str,
    /// The fewest preemptions with which it fails.
    pub preemptions: usize,
    /// What the program needs to be configured as.
    pub configure: fn(Config) -> Config,
    /// What it does.
    pub body: Body,
}

/// Strategies that the failing schedules come from.
const STRATEGIES: [StrategySpec; 12] = [
    StrategySpec::Random,
    StrategySpec::Pct(3),
    StrategySpec::Portfolio,
    StrategySpec::Probabilistic(2),
    StrategySpec::Pos,
    StrategySpec::Surw,
    StrategySpec::RffLite,
    StrategySpec::Urw,
    StrategySpec::FairPctOfRandomDepth,
    StrategySpec::QLearning,
    StrategySpec::FairDelayBounding(3),
    StrategySpec::Dfs(Some(2)),
];

/// All programs.
pub const ALL: [&Program; 10] = [
    &choices::PROGRAM,
    &condvar::PROGRAM,
    &deadlock::PROGRAM,
    &detached_panic::PROGRAM,
    &lanes::PROGRAM,
    &mpsc::PROGRAM,
    &notify::PROGRAM,
    &racing_time::PROGRAM,
    &select::PROGRAM,
    &timeout::PROGRAM,
];

impl Program {
    /// Returns the program of that name.
    ///
    /// # Panics
    /// Panics if there is none.
    pub fn named(name: &str) -> &'static Program {
        ALL.into_iter().find(|program| program.name == name).unwrap_or_else(|| panic!("no program {name}"))
    }

    /// Explores the program as the test of that name, once for each seed, with one strategy after the
    /// other.
    pub fn explore(&self, test: &str, seed: u64, iterations: u64) -> Report {
        self.explore_with(test, seed, |config| config.iterations(iterations).shrink(false))
    }

    /// Explores the program in the same way, and makes the schedule of a bug simpler.
    pub fn explore_and_shrink(&self, test: &str, seed: u64) -> Report {
        self.explore_with(test, seed, |config| config.iterations(2000))
    }

    fn explore_with(&self, test: &str, seed: u64, change: impl FnOnce(Config) -> Config) -> Report {
        let strategy = STRATEGIES[(seed % STRATEGIES.len() as u64) as usize];
        let explorer = self.explorer(test, |config| change(config.strategy(strategy).seed(seed)));
        match self.body {
            Body::Async(body) => explorer.run(body),
            Body::Sync(body) => explorer.run_sync(body),
        }
    }

    /// Replays a trace of the test of that name.
    ///
    /// # Errors
    /// Returns an error if the trace belongs to another test.
    pub fn replay(&self, test: &str, trace: &Trace) -> Result<Report, TraceError> {
        // Time is the trace's own business.
        let explorer = self.explorer(test, |config| config.time(coyote::Time::Idle));
        match self.body {
            Body::Async(body) => explorer.replay(trace, body),
            Body::Sync(body) => explorer.replay_sync(trace, body),
        }
    }

    fn explorer(&self, test: &str, change: impl FnOnce(Config) -> Config) -> Explorer {
        let config = Config::new(test).timeout(std::time::Duration::ZERO);
        Explorer::new(change((self.configure)(config)))
    }
}

/// Reads a trace file.
///
/// # Errors
/// Returns what is wrong with it.
///
/// # Panics
/// Panics if there is no such file.
pub fn read(path: &Path) -> Result<Trace, TraceError> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Trace::parse_file(&text)
}
