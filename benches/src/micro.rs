//! Single operations, and the fixed cost of an execution.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use coyote::std::sync::atomic::{AtomicUsize, Ordering};
use coyote::std::thread;
use coyote::{Config, Report, StrategySpec};

use crate::args::Args;
use crate::clock::{self, calibrate, median};
use crate::explore::{self, Beginnings, Length, STRATEGIES};
use crate::floor;
use crate::workloads::ours;

/// An operation, done by two tasks alternately.
struct Operation {
    name: &'static str,
    explore: fn(Config, Beginnings, usize) -> Report,
}

const OPERATIONS: [Operation; 4] = [
    Operation { name: "async yield", explore: yields },
    Operation { name: "lock or unlock (std)", explore: locks },
    Operation { name: "lock or unlock (tokio)", explore: tokio_locks },
    Operation { name: "atomic", explore: atomics },
];

fn yields(config: Config, beginnings: Beginnings, times: usize) -> Report {
    explore::tasks(config, move || {
        beginnings.note();
        async move {
            let tasks = [(); 2].map(|()| {
                tokio::spawn(async move {
                    for _ in 0..times {
                        tokio::task::yield_now().await;
                    }
                })
            });
            for task in tasks {
                task.await.unwrap();
            }
        }
    })
}

fn locks(config: Config, beginnings: Beginnings, times: usize) -> Report {
    explore::threads(config, move || {
        beginnings.note();
        let total = Arc::new(Mutex::new(0_usize));
        in_two_threads(|| {
            let total = Arc::clone(&total);
            move || {
                for _ in 0..times {
                    *total.lock().unwrap() += 1;
                }
            }
        });
    })
}

fn tokio_locks(config: Config, beginnings: Beginnings, times: usize) -> Report {
    explore::tasks(config, move || {
        beginnings.note();
        async move {
            let total = Arc::new(tokio::sync::Mutex::new(0_usize));
            let tasks = [(); 2].map(|()| {
                let total = Arc::clone(&total);
                tokio::spawn(async move {
                    for _ in 0..times {
                        *total.lock().await += 1;
                    }
                })
            });
            for task in tasks {
                task.await.unwrap();
            }
        }
    })
}

fn atomics(config: Config, beginnings: Beginnings, times: usize) -> Report {
    explore::threads(config, move || {
        beginnings.note();
        let total = Arc::new(AtomicUsize::new(0));
        in_two_threads(|| {
            let total = Arc::clone(&total);
            move || {
                for _ in 0..times {
                    total.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
    })
}

fn in_two_threads<W: FnOnce() + Send + 'static>(work: impl Fn() -> W) {
    for thread in [thread::spawn(work()), thread::spawn(work())] {
        thread.join().unwrap();
    }
}

/// Returns the microseconds of one execution, the median of some chunks.
fn execution_us(args: &Args, name: &str, strategy: StrategySpec, body: fn()) -> f64 {
    let time = |executions| {
        let config = explore::config(name, strategy, executions);
        clock::seconds(|| drop(explore::threads(config, body)))
    };
    let executions = calibrate(args.seconds, time);
    let chunks: Vec<f64> = (0..args.rounds).map(|_| time(executions) * 1e6 / executions as f64).collect();
    median(&chunks)
}

/// Prints a row per operation and strategy.
pub(crate) fn run(args: &Args) {
    /// How often each of the two tasks does the operation: in the shorter executions, and more in the
    /// longer.
    const TIMES: usize = 1_000;
    const EXECUTIONS: u64 = 300;
    println!("what\tstrategy\tvalue\tunit");
    println!("bare corosensei switch, there and back\t\t{:.2}\tns", floor::switch_ns());
    for operation in OPERATIONS {
        for strategy in STRATEGIES {
            if !args.wants(&format!("{} ({strategy})", operation.name)) {
                continue;
            }
            let length = |times| {
                let config = explore::config(operation.name, strategy, EXECUTIONS);
                Length::of(config, |config, beginnings| (operation.explore)(config, beginnings, times))
            };
            let rounds: Vec<(f64, f64)> = (0..args.rounds)
                .map(|_| {
                    let short = length(TIMES);
                    (length(3 * TIMES).marginal_ns(short), short.average_ns())
                })
                .collect();
            let (marginal, average): (Vec<f64>, Vec<f64>) = rounds.into_iter().unzip();
            println!("{}\t{strategy}\t{:.1}\tns/step", operation.name, median(&marginal));
            eprintln!(
                "{} ({strategy}): {:.1} ns/step with spawning and joining",
                operation.name,
                median(&average)
            );
        }
    }
    for strategy in STRATEGIES {
        if args.wants(&format!("empty execution ({strategy})")) {
            let us = execution_us(args, "empty", strategy, ours::empty);
            println!("empty execution\t{strategy}\t{:.0}\tns", us * 1e3);
        }
        if args.wants(&format!("tiny ({strategy})")) {
            println!("tiny\t{strategy}\t{:.3}\tus", execution_us(args, "tiny", strategy, ours::e_tiny));
        }
    }
}

/// Prints the microseconds of an execution of workload a, and nothing else, for a script that compares
/// a dev build to a release build.
pub(crate) fn dev(args: &Args) {
    println!("{:.3}", execution_us(args, "a mutex 2x100", StrategySpec::Random, ours::a_mutex));
}
