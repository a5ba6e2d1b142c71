//! The workloads beside Shuttle, in one process, alternating.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use coyote::{Config, Report, StrategySpec};
use peer::future::block_on;
use peer::scheduler::{PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId};
use peer::{FailurePersistence, Runner};

use crate::args::Args;
use crate::clock::{self, calibrate, geometric_mean, median};
use crate::explore::{self, SEED, STRATEGIES};
use crate::floor;
use crate::workloads::{ours, peer as theirs};

/// A workload of both sides.
struct Workload {
    name: &'static str,
    ours: fn(Config) -> Report,
    theirs: fn(),
    /// Whether it has concurrency: it counts in the means, and the peer's PCT accepts it.
    concurrent: bool,
}

const WORKLOADS: [Workload; 8] = [
    Workload {
        name: "a mutex 2x100",
        ours: |config| explore::threads(config, ours::a_mutex),
        theirs: theirs::a_mutex,
        concurrent: true,
    },
    Workload {
        name: "b async yield 2x100",
        ours: |config| explore::tasks(config, ours::b_yield),
        theirs: || block_on(theirs::b_yield()),
        concurrent: true,
    },
    Workload {
        name: "c mpsc ping-pong 100",
        ours: |config| explore::tasks(config, ours::c_ping_pong),
        theirs: || block_on(theirs::c_ping_pong()),
        concurrent: true,
    },
    Workload {
        name: "d spawn 100 tasks",
        ours: |config| explore::tasks(config, ours::d_tasks),
        theirs: || block_on(theirs::d_tasks()),
        concurrent: true,
    },
    Workload {
        name: "d' spawn 100 threads",
        ours: |config| explore::threads(config, ours::d_threads),
        theirs: theirs::d_threads,
        concurrent: true,
    },
    Workload {
        name: "e tiny 2x1 lock",
        ours: |config| explore::threads(config, ours::e_tiny),
        theirs: theirs::e_tiny,
        concurrent: true,
    },
    Workload {
        name: "e empty body",
        ours: |config| explore::threads(config, ours::empty),
        theirs: theirs::empty,
        concurrent: false,
    },
    Workload {
        name: "f bounded buffer 3p3c",
        ours: |config| explore::threads(config, ours::f_buffer),
        theirs: theirs::f_buffer,
        concurrent: true,
    },
];

/// Counts the decisions of the scheduler that it wraps.
struct Counting<S>(S, Arc<AtomicU64>);

impl<S: Scheduler> Scheduler for Counting<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.0.new_execution()
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yielding: bool) -> Option<TaskId> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.next_task(runnable, current, yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// Runs the peer with everything at its default, except that it writes no files.
fn run_theirs(scheduler: impl Scheduler + 'static, body: fn()) {
    let mut config = peer::Config::new();
    config.failure_persistence = FailurePersistence::None;
    Runner::new(scheduler, config).run(body);
}

/// Returns the seconds that a number of executions take the peer.
fn time_theirs(strategy: StrategySpec, executions: u64, body: fn()) -> f64 {
    let executions = executions as usize;
    // The scheduler's type is known where it runs, as in the peer's own `check_*` functions.
    match strategy {
        StrategySpec::Pct(depth) => {
            let scheduler = PctScheduler::new_from_seed(SEED, depth as usize, executions);
            clock::seconds(|| run_theirs(scheduler, body))
        }
        _ => {
            let scheduler = RandomScheduler::new_from_seed(SEED, executions);
            clock::seconds(|| run_theirs(scheduler, body))
        }
    }
}

/// Returns the peer's mean number of steps of an execution, counted in a run of its own.
fn steps_theirs(strategy: StrategySpec, body: fn()) -> f64 {
    const SAMPLE: usize = 200;
    let steps = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&steps);
    match strategy {
        StrategySpec::Pct(depth) => {
            run_theirs(Counting(PctScheduler::new_from_seed(SEED, depth as usize, SAMPLE), count), body);
        }
        _ => run_theirs(Counting(RandomScheduler::new_from_seed(SEED, SAMPLE), count), body),
    }
    steps.load(Ordering::Relaxed) as f64 / SAMPLE as f64
}

/// What came of one workload under one strategy.
struct Row {
    /// Microseconds per execution, medians.
    ours: f64,
    theirs: f64,
    /// The lowest and highest ratio of two neighbouring chunks.
    spread: (f64, f64),
    /// The ratio of the fastest chunks: what a quiet machine would show.
    best: f64,
    ours_steps: f64,
}

fn measure(args: &Args, name: &str, workload: &Workload, strategy: StrategySpec) -> Row {
    let mut ours_steps = 0.0;
    let mut time_ours = |executions| {
        let config = explore::config(name, strategy, executions);
        clock::seconds(|| ours_steps = explore::steps(&(workload.ours)(config)))
    };
    let time_theirs = |executions| time_theirs(strategy, executions, workload.theirs);
    let ours_executions = calibrate(args.seconds, &mut time_ours);
    let theirs_executions = calibrate(args.seconds, time_theirs);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds {
        ours.push(time_ours(ours_executions) * 1e6 / ours_executions as f64);
        theirs.push(time_theirs(theirs_executions) * 1e6 / theirs_executions as f64);
    }
    let ratios = ours.iter().zip(&theirs).map(|(ours, theirs)| theirs / ours);
    let spread =
        ratios.fold((f64::INFINITY, 0.0_f64), |(low, high), ratio| (low.min(ratio), high.max(ratio)));
    let fastest = |chunks: &[f64]| chunks.iter().copied().fold(f64::INFINITY, f64::min);
    let best = fastest(&theirs) / fastest(&ours);
    Row { ours: median(&ours), theirs: median(&theirs), spread, best, ours_steps }
}

/// Prints a line per workload and strategy, of ours alone: something to point a profiler at.
pub(crate) fn run_ours(args: &Args) {
    for workload in &WORKLOADS {
        for strategy in STRATEGIES {
            let name = format!("{} ({strategy})", workload.name);
            if !args.wants(&name) {
                continue;
            }
            let time = |executions| {
                let config = explore::config(&name, strategy, executions);
                clock::seconds(|| drop((workload.ours)(config)))
            };
            let executions = calibrate(args.seconds, time);
            let chunks: Vec<f64> =
                (0..args.rounds).map(|_| time(executions) * 1e6 / executions as f64).collect();
            println!("{name}\t{:.3}", median(&chunks));
        }
    }
}

/// Prints a line per workload and strategy, and the geometric means of the ratios.
pub(crate) fn run(args: &Args) {
    floor::print_header();
    let mut ratios: [Vec<f64>; STRATEGIES.len()] = Default::default();
    for workload in &WORKLOADS {
        for (strategy, ratios) in STRATEGIES.into_iter().zip(&mut ratios) {
            let name = format!("{} ({strategy})", workload.name);
            if !args.wants(&name) || (!workload.concurrent && strategy != StrategySpec::Random) {
                continue;
            }
            let row = measure(args, &name, workload, strategy);
            let ratio = row.theirs / row.ours;
            println!("{name}\t{:.3}\t{:.3}\t{ratio:.2}", row.ours, row.theirs);
            let theirs_steps = steps_theirs(strategy, workload.theirs);
            eprintln!(
                "{name}: steps/exec {:.1} ours, {theirs_steps:.1} peer; ns/step {:.1} ours, {:.1} peer; ratio of \
                 a round {:.2} to {:.2}, of the fastest chunks {:.2}",
                row.ours_steps,
                row.ours * 1e3 / row.ours_steps,
                row.theirs * 1e3 / theirs_steps,
                row.spread.0,
                row.spread.1,
                row.best,
            );
            if workload.concurrent {
                ratios.push(ratio);
            }
        }
    }
    for (strategy, ratios) in STRATEGIES.iter().zip(&ratios) {
        if let Some(mean) = geometric_mean(ratios) {
            println!("geomean {strategy}\t{mean:.2}");
        }
    }
    if let Some(mean) = geometric_mean(&ratios.concat()) {
        println!("geomean\t{mean:.2}");
    }
}
