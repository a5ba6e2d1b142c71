//! The command line.

use clap::Parser;
use coyote::StrategySpec;

/// Prints after how many executions the bugs of the samples are found.
#[derive(Parser)]
pub(crate) struct Args {
    /// How many explorations of each program with a bug a mean is taken of.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seeds: u64,
    /// After how many executions one gives up; programs without a bug are executed as often.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) executions: u64,
    /// How schedules are chosen.
    #[arg(long, value_name = "NAME", default_value = "portfolio", value_parser = strategy_named)]
    pub(crate) strategy: StrategySpec,
    /// Only programs whose name contains the text; may be repeated.
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Print the report of the exploration with this seed instead.
    #[arg(long, value_name = "SEED")]
    pub(crate) show: Option<u64>,
}

impl Args {
    /// Returns whether a program of this name is asked for.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.contains(only.as_str()))
    }
}

fn strategy_named(text: &str) -> Result<StrategySpec, String> {
    let advice =
        "write `portfolio`, `random`, `pct(3)`, or another one that the book's chapter on strategies lists";
    StrategySpec::parse(text).ok_or_else(|| advice.to_owned())
}
