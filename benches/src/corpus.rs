//! Schedules to the bug, over the corpus.
//!
//! A trial explores a program with a seed of its own until the bug is found or the cap is reached; its
//! result is the number of executions, which depends on nothing but the seed. A miss counts as the cap:
//! the mean is the restricted one.

mod peer;

use coyote::{Report, StrategySpec};
use coyote_corpus::{Family, Program, Published, Schedules, config, programs};

use crate::args::Args;
use crate::clock::{self, geometric_mean};

/// What came of the trials of one program.
struct Row {
    /// Schedules of each trial; None if the bug was not found.
    trials: Vec<Option<u64>>,
    cap: u64,
    seconds: f64,
}

impl Row {
    fn of(trials: u64, cap: u64, mut trial: impl FnMut(u64) -> Option<u64>) -> Row {
        let mut found = Vec::new();
        let seconds = clock::seconds(|| found.extend((1..=trials).map(&mut trial)));
        Row { trials: found, cap, seconds }
    }

    /// The restricted mean.
    fn mean(&self) -> f64 {
        let sum: u64 = self.trials.iter().map(|trial| trial.unwrap_or(self.cap)).sum();
        sum as f64 / self.trials.len() as f64
    }

    fn worst(&self) -> u64 {
        self.trials.iter().map(|trial| trial.unwrap_or(self.cap)).max().unwrap_or(0)
    }

    fn misses(&self) -> usize {
        self.trials.iter().filter(|trial| trial.is_none()).count()
    }

    fn print(&self, name: &str, strategy: &str, more: &str) {
        println!(
            "{name}\t{strategy}\t{:.1}\t{}\t{}\t{:.3}\t{more}",
            self.mean(),
            self.worst(),
            self.misses(),
            self.seconds
        );
    }
}

/// Rows of one strategy, by family.
#[derive(Default)]
struct Table {
    rows: Vec<(Family, Row)>,
}

impl Table {
    fn print_totals(&self, strategy: &str) {
        for family in [Family::SctBench, Family::Async, Family::Apart] {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| row.0 == family).map(|row| &row.1).collect();
            let means: Vec<f64> = rows.iter().map(|row| row.mean()).collect();
            if let Some(mean) = geometric_mean(&means) {
                let misses: usize = rows.iter().map(|row| row.misses()).sum();
                let trials: usize = rows.iter().map(|row| row.trials.len()).sum();
                println!("geomean {family:?}\t{strategy}\t{mean:.2}\t{misses} of {trials} missed");
            }
        }
    }
}

/// Prints a line per program and strategy, and totals per family and strategy.
pub(crate) fn run(args: &Args) {
    println!("program\tstrategy\tmean\tworst\tmisses\tseconds\tpublished\ttasks\tpoints\tdepth");
    let strategies =
        if args.strategies.is_empty() { vec![StrategySpec::Portfolio] } else { args.strategies.clone() };
    for strategy in strategies {
        let name = strategy.to_string();
        let mut table = Table::default();
        for program in programs().filter(|program| args.wants(program.name)) {
            let cap = args.cap.min(program.cap());
            let (mut tasks, mut points) = (0, 0);
            let row = Row::of(args.trials, cap, |seed| {
                let report = explore(program, strategy, seed, cap);
                let statistics = report.statistics();
                tasks = tasks.max(statistics.tasks);
                points = points.max(statistics.max_steps);
                report.bug().map(|_| statistics.iterations)
            });
            let known = published(program, &name);
            row.print(program.name, &name, &format!("{known}\t{tasks}\t{points}\t{}", program.depth));
            table.rows.push((program.family, row));
        }
        table.print_totals(&name);
    }
    if args.peer {
        peer::run(args);
    }
}

fn explore(program: &Program, strategy: StrategySpec, seed: u64, cap: u64) -> Report {
    let report = program.body.explore(config(program.name, cap).strategy(strategy).seed(seed));
    let is_expected = report.bug().is_none() || program.expected.is_shown_by(&report);
    assert!(is_expected, "not the bug of {}:\n{report}", program.name);
    report
}

/// Returns the published number for a strategy, if there is one.
fn published(program: &Program, strategy: &str) -> String {
    let column: fn(&Published) -> Schedules = match strategy {
        "surw" => |p| p.surw,
        "urw" => |p| p.urw,
        "pos" => |p| p.pos,
        "pct(3)" => |p| p.pct3,
        "random" => |p| p.random,
        "rff-lite" => |p| p.rff,
        "q-learning" => |p| p.q_learning,
        _ => return String::new(),
    };
    program.published.as_ref().map_or(String::new(), |published| column(published).to_string())
}
