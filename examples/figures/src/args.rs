//! The command line.

use coyote::StrategySpec;
use lexopt::prelude::*;

/// What is printed with an error on the command line.
pub(crate) const USAGE: &str = "\
usage: sample-figures [options]
  --seeds N       explorations of each program with a bug (default 100)
  --executions N  executions after which one gives up, and of programs without a bug (default 10000)
  --strategy S    how schedules are chosen (default portfolio)
  --only TEXT     only programs whose name contains the text; may be repeated
  --show SEED     print the report of one exploration instead";

/// The command line, parsed.
pub(crate) struct Args {
    /// How many explorations a mean is taken of.
    pub(crate) seeds: u64,
    /// How many executions each has at most.
    pub(crate) executions: u64,
    /// The seed of the one whose report is wanted.
    pub(crate) show: Option<u64>,
    /// How schedules are chosen.
    pub(crate) strategy: StrategySpec,
    only: Vec<String>,
}

impl Args {
    /// Parses the command line of the process.
    ///
    /// # Errors
    /// Returns an error that names the argument in question.
    pub(crate) fn parse() -> Result<Args, lexopt::Error> {
        let mut parser = lexopt::Parser::from_env();
        let strategy = StrategySpec::Portfolio;
        let mut args = Args { seeds: 100, executions: 10_000, show: None, strategy, only: Vec::new() };
        while let Some(argument) = parser.next()? {
            match argument {
                Long("seeds") => args.seeds = parser.value()?.parse_with(positive)?,
                Long("executions") => args.executions = parser.value()?.parse_with(positive)?,
                Long("only") => args.only.push(parser.value()?.string()?),
                Long("strategy") => args.strategy = parser.value()?.parse_with(strategy_named)?,
                Long("show") => args.show = Some(parser.value()?.parse()?),
                _ => return Err(argument.unexpected()),
            }
        }
        Ok(args)
    }

    /// Returns whether a program of this name is asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only.as_str()))
    }
}

fn positive(text: &str) -> Result<u64, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err(format!("`{text}` is not a number from 1")),
        Ok(number) => Ok(number),
    }
}

fn strategy_named(text: &str) -> Result<StrategySpec, String> {
    StrategySpec::parse(text).ok_or_else(|| format!("there is no strategy `{text}`"))
}
