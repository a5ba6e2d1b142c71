//! The command line.

use coyote::StrategySpec;
use lexopt::prelude::*;

/// What is printed with an error on the command line.
pub(crate) const USAGE: &str = "\
usage: coyote-benches peers|ours|scale|micro|actors|memory|corpus|dev|build-time [options]
  --seconds S     about how long a chunk takes (peers, ours, micro, dev; default 0.4)
  --rounds N      how many chunks or repetitions the median is taken of (default 7; build-time 3)
  --executions N  executions of each workload (memory; default 1000000)
  --jobs N        parallel jobs of a build (build-time; default 2)
  --trials N      explorations of each program, each with a seed of its own (corpus; default 20)
  --cap N         executions after which a trial gives up (corpus; default 10000, and 1000000 for those measured apart)
  --strategy S    a strategy to measure; may be repeated (corpus; default portfolio)
  --peer          the same for the peer's strategies, where it has the program (corpus)
  --only TEXT     only rows whose name contains the text; may be repeated";

/// What is to be measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    /// Workloads beside the peer.
    Peers,
    /// Workloads without the peer, for a profiler.
    Ours,
    /// Steps by number of live tasks.
    Scale,
    /// Single operations.
    Micro,
    /// Actors in production and under control.
    Actors,
    /// Resident memory over many executions.
    Memory,
    /// Schedules to the bugs of the corpus.
    Corpus,
    /// One number, to compare builds by.
    Dev,
    /// Clean builds beside the peer.
    BuildTime,
}

/// The command line, parsed.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    /// What is to be measured.
    pub(crate) command: Command,
    /// About how long a chunk takes, in seconds.
    pub(crate) seconds: f64,
    /// How many chunks or repetitions a median is taken of.
    pub(crate) rounds: usize,
    /// Executions of each workload of `memory`.
    pub(crate) executions: u64,
    /// Parallel jobs of a build.
    pub(crate) jobs: u32,
    /// Explorations of each program of the corpus.
    pub(crate) trials: u64,
    /// Executions after which a trial gives up.
    pub(crate) cap: u64,
    /// The strategies to measure on the corpus.
    pub(crate) strategies: Vec<StrategySpec>,
    /// Whether the peer's strategies are measured on the corpus, too.
    pub(crate) peer: bool,
    only: Vec<String>,
}

impl Args {
    /// Parses the command line of the process.
    ///
    /// # Errors
    /// Returns an error that names the argument in question.
    pub(crate) fn parse() -> Result<Args, lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        let mut command = None;
        let (mut seconds, mut rounds, mut executions, mut jobs) = (0.4, None, 1_000_000, 2);
        let (mut trials, mut cap, mut strategies, mut peer) = (20, u64::MAX, Vec::new(), false);
        let mut only = Vec::new();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("seconds") => seconds = parser.value()?.parse_with(positive)?,
                Long("rounds") => rounds = Some(at_least_one(parser.value()?.parse()?, "--rounds")?),
                Long("executions") => executions = at_least_one(parser.value()?.parse()?, "--executions")?,
                Long("jobs") => jobs = at_least_one(parser.value()?.parse()?, "--jobs")?,
                Long("trials") => trials = at_least_one(parser.value()?.parse()?, "--trials")?,
                Long("cap") => cap = at_least_one(parser.value()?.parse()?, "--cap")?,
                Long("strategy") => strategies.push(parser.value()?.parse_with(parse_strategy)?),
                Long("peer") => peer = true,
                Long("only") => only.push(parser.value()?.string()?),
                Value(name) if command.is_none() => command = Some(name.parse_with(parse_command)?),
                other => return Err(other.unexpected()),
            }
        }
        let command = command.ok_or("which measurement is missing")?;
        let rounds = rounds.unwrap_or(if command == Command::BuildTime { 3 } else { 7 });
        Ok(Args { command, seconds, rounds, executions, jobs, trials, cap, strategies, peer, only })
    }

    /// Returns whether a row of this name is asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only))
    }
}

fn parse_command(name: &str) -> Result<Command, String> {
    Ok(match name {
        "peers" => Command::Peers,
        "ours" => Command::Ours,
        "scale" => Command::Scale,
        "micro" => Command::Micro,
        "actors" => Command::Actors,
        "memory" => Command::Memory,
        "corpus" => Command::Corpus,
        "dev" => Command::Dev,
        "build-time" => Command::BuildTime,
        _ => return Err(format!("unknown measurement `{name}`")),
    })
}

fn parse_strategy(text: &str) -> Result<StrategySpec, String> {
    StrategySpec::parse(text).ok_or_else(|| format!("unknown strategy `{text}`: write one that README lists"))
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value > 0.0 && value <= 3600.0 => Ok(value),
        _ => Err("write a number of seconds above 0 and at most 3600".to_owned()),
    }
}

fn at_least_one<T: PartialOrd + From<u8>>(value: T, option: &str) -> Result<T, lexopt::Error> {
    if value < T::from(1) {
        return Err(format!("{option} is 0: write 1 or more").into());
    }
    Ok(value)
}
