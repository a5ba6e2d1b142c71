//! Prints after how many executions the bugs of the samples are found, and how long their repaired twins take.
//!
//! `cargo run --release -p sample-figures`. Executions depend on the seeds alone; times are this machine's.

mod args;
mod rows;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use coyote::{Config, Explorer, Report};

use args::Args;
use rows::{Body, Row};

fn main() -> ExitCode {
    let args = Args::parse();
    let rows = rows::all().into_iter().filter(|row| args.wants(row.name)).collect::<Vec<_>>();
    if rows.is_empty() {
        let names: Vec<&str> = rows::all().iter().map(|row| row.name).collect();
        eprintln!("error: no program's name contains what `--only` says; there are: {}", names.join("; "));
        return ExitCode::from(2);
    }
    if let Some(seed) = args.show {
        rows.iter().for_each(|row| println!("{}", explore(row, seed, &args, true)));
        return ExitCode::SUCCESS;
    }
    println!("sample\tmean executions\tstandard error\tmost\tfound\tCoyote's\tmean time\tmean steps");
    let surprises = rows.iter().filter(|row| !measure(row, &args)).count();
    if surprises == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn explore(row: &Row, seed: u64, args: &Args, shrink: bool) -> Report {
    let config = Config::new(row.name).seed(seed).iterations(args.executions).timeout(Duration::ZERO);
    let config = config.strategy(args.strategy);
    let Body(body) = row.body;
    Explorer::new(config.time(row.time).max_steps(row.max_steps).shrink(shrink)).run(body)
}

/// Prints a row. Returns whether it is as expected.
fn measure(row: &Row, args: &Args) -> bool {
    let Some(message) = row.bug else { return pass(row, args) };
    let (mut executions, mut squares, mut most, mut found, mut seconds, mut steps) = (0, 0.0, 0, 0, 0.0, 0);
    for seed in 0..args.seeds {
        let report = explore(row, seed, args, false);
        let statistics = report.statistics();
        executions += statistics.iterations;
        squares += (statistics.iterations as f64).powi(2);
        most = most.max(statistics.iterations);
        seconds += statistics.elapsed.as_secs_f64();
        steps += statistics.mean_steps();
        match report.bug() {
            Some(bug) if bug.message().contains(message) && bug.is_reproduced() => found += 1,
            Some(bug) => eprintln!("{}, seed {seed}: another bug: {}", row.name, bug.message()),
            None => {}
        }
    }
    let seeds = args.seeds as f64;
    let mean = executions as f64 / seeds;
    println!(
        "{}\t{mean:.1}\t{:.1}\t{most}\t{found} of {}\t{}\t{:.4} s\t{:.0}",
        row.name,
        ((squares / seeds - mean.powi(2)) / seeds).sqrt(),
        args.seeds,
        row.theirs,
        seconds / seeds,
        steps as f64 / seeds
    );
    found == args.seeds
}

/// Prints a row of a program without a bug. Returns whether none is found.
fn pass(row: &Row, args: &Args) -> bool {
    let report = explore(row, 0, args, true);
    let statistics = report.statistics();
    let verdict = if report.bug().is_some() { "A BUG" } else { "no bug" };
    println!(
        "{}\t{}\t-\t{} at the bound\t{verdict}\t{}\t{:.2} s\t{}",
        row.name,
        statistics.iterations,
        statistics.bounded,
        row.theirs,
        statistics.elapsed.as_secs_f64(),
        statistics.mean_steps(),
    );
    if report.bug().is_some() {
        eprintln!("{report}");
    }
    report.bug().is_none()
}
