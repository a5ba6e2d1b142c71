//! What is known about a program.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// An asynchronous program, ready to be polled.
pub type Task = Pin<Box<dyn Future<Output = ()>>>;

/// What a program does.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// On a thread, with threads of its own.
    Threads(fn()),
    /// On a multi-threaded runtime.
    Tasks(fn() -> Task),
}

/// Where a program comes from, and with which others it is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// SCTBench, as used by the published comparisons.
    SctBench,
    /// SCTBench, but so hard that it is measured apart, with a cap of a million schedules.
    Apart,
    /// Bugs of asynchronous Rust programs.
    Async,
}

/// How the bug shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    /// A task panics, and its message contains this.
    Panic(&'static str),
    /// Nothing can run any more.
    Deadlock,
    /// Everything runs, for ever, and nothing is achieved.
    Livelock,
}

/// How many schedules a published tool took to the bug, on average.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Schedules {
    /// All trials found it; the mean.
    Mean(u32),
    /// Some trials did not find it, and count as 10,000 in the mean.
    Capped(u32),
    /// No trial found it.
    Never,
    /// The program was not run.
    NotRun,
}

impl fmt::Display for Schedules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Schedules::Mean(mean) => write!(f, "{mean}"),
            Schedules::Capped(mean) => write!(f, "{mean}*"),
            Schedules::Never => f.write_str("never"),
            Schedules::NotRun => Ok(()),
        }
    }
}

/// Published mean numbers of schedules to the bug. The first five are of SURW's artefact (ASPLOS 2025), the
/// last three of RFF's (ASPLOS 2024); the two ran the program on different runtimes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Published {
    /// Selectively uniform random walk.
    pub surw: Schedules,
    /// Uniform random walk.
    pub urw: Schedules,
    /// Partial order sampling.
    pub pos: Schedules,
    /// PCT of depth 3.
    pub pct3: Schedules,
    /// A random walk.
    pub random: Schedules,
    /// Reads-from fuzzing.
    pub rff: Schedules,
    /// Q-learning.
    pub q_learning: Schedules,
    /// Periodical scheduling.
    pub period: Schedules,
}

/// A program with a bug.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Its name, unique in the corpus.
    pub name: &'static str,
    /// Where it comes from.
    pub family: Family,
    /// The depth of the bug: the fewest preemptions of a schedule that shows it. A preemption is a switch
    /// away from a task that could have gone on, and had not yielded. Which task follows one that
    /// blocked or ended is free.
    pub depth: u32,
    /// How the bug shows.
    pub expected: Expected,
    /// The program.
    pub body: Body,
    /// A smaller instance, if this one has too many threads to search all schedules of.
    pub small: Option<Body>,
    /// The same without the bug.
    pub twin: Option<Body>,
    /// Published numbers.
    pub published: Option<Published>,
}

impl Program {
    /// Returns the most schedules that a trial may take.
    pub fn cap(&self) -> u64 {
        if self.family == Family::Apart { 1_000_000 } else { 10_000 }
    }
}
