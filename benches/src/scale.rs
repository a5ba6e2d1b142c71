//! What a step costs, by the number of tasks that are live meanwhile.
//!
//! Each figure is marginal: the difference between two executions that differ in their length alone, so
//! that neither the spawning nor the teardown of the tasks is in it. Tasks first wait at a gate that
//! opens once all of them exist.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicUsize, Ordering};
use coyote::std::sync::{Mutex, RwLock};
use coyote::std::thread;
use coyote::{Report, StrategySpec};
use tokio::sync::Semaphore;

use crate::args::Args;
use crate::explore::{self, Beginnings, Length, STRATEGIES};
use crate::floor;

/// The numbers of live tasks.
const LIVE: [usize; 4] = [10, 100, 1_000, 10_000];

/// A kind of live tasks.
#[derive(Clone, Copy)]
struct Kind {
    name: &'static str,
    /// Runs executions with so many live tasks, of which each busy one does so many operations.
    explore: fn(coyote::Config, Beginnings, usize, usize) -> Report,
    /// How many of so many tasks are busy.
    busy: fn(usize) -> usize,
}

const KINDS: [Kind; 4] = [
    Kind { name: "idle beside 2 yielding", explore: idle, busy: |_| 2 },
    Kind { name: "yielding futures", explore: yielding, busy: |live| live },
    Kind { name: "suspended on stacks, atomics", explore: suspended, busy: |live| live },
    Kind { name: "contending for one mutex", explore: contending, busy: |live| live },
];

/// Two tasks yield; the others wait for ever, and are cancelled in the end.
fn idle(config: coyote::Config, beginnings: Beginnings, live: usize, operations: usize) -> Report {
    explore::tasks(config, move || {
        beginnings.note();
        async move {
            for _ in 2..live {
                tokio::spawn(std::future::pending::<()>());
            }
            let busy = [(); 2].map(|()| tokio::spawn(yields(operations)));
            for task in busy {
                task.await.unwrap();
            }
        }
    })
}

/// All tasks yield.
fn yielding(config: coyote::Config, beginnings: Beginnings, live: usize, operations: usize) -> Report {
    explore::tasks(config, move || {
        beginnings.note();
        async move {
            let gate = Arc::new(Semaphore::new(0));
            let tasks: Vec<_> = (0..live)
                .map(|_| {
                    let gate = Arc::clone(&gate);
                    tokio::spawn(async move {
                        gate.acquire().await.unwrap().forget();
                        yields(operations).await;
                    })
                })
                .collect();
            gate.add_permits(live);
            for task in tasks {
                task.await.unwrap();
            }
        }
    })
}

async fn yields(operations: usize) {
    for _ in 0..operations {
        tokio::task::yield_now().await;
    }
}

/// All tasks are threads that add to an atomic of their own.
fn suspended(config: coyote::Config, beginnings: Beginnings, live: usize, operations: usize) -> Report {
    explore::threads(config, move || {
        beginnings.note();
        behind_a_gate(live, || {
            let own = AtomicUsize::new(0);
            move || {
                for _ in 0..operations {
                    own.fetch_add(1, Ordering::SeqCst);
                }
            }
        });
    })
}

/// All tasks are threads that lock and unlock the same mutex.
fn contending(config: coyote::Config, beginnings: Beginnings, live: usize, operations: usize) -> Report {
    explore::threads(config, move || {
        beginnings.note();
        let total = Arc::new(Mutex::new(0_usize));
        behind_a_gate(live, || {
            let total = Arc::clone(&total);
            move || {
                for _ in 0..operations {
                    *total.lock().unwrap() += 1;
                }
            }
        });
    })
}

/// Runs threads that all begin once all exist.
fn behind_a_gate<W: FnOnce() + Send + 'static>(live: usize, work: impl Fn() -> W) {
    let gate = Arc::new(RwLock::new(()));
    let closed = gate.write().unwrap();
    let threads: Vec<_> = (0..live)
        .map(|_| {
            let (gate, work) = (Arc::clone(&gate), work());
            thread::spawn(move || {
                drop(gate.read().unwrap());
                work();
            })
        })
        .collect();
    drop(closed);
    for thread in threads {
        thread.join().unwrap();
    }
}

fn ns_per_step(kind: Kind, strategy: StrategySpec, live: usize, rounds: usize) -> f64 {
    const OPERATIONS: usize = 60_000;
    let length = |operations| {
        let config = explore::config(kind.name, strategy, rounds as u64 + 1);
        Length::of(config, |config, beginnings| (kind.explore)(config, beginnings, live, operations))
    };
    let operations = (OPERATIONS / (kind.busy)(live)).max(10);
    let short = length(operations);
    length(operations * 3).marginal_ns(short)
}

/// Prints a row per kind of tasks and strategy, a column per number of them.
pub(crate) fn run(args: &Args) {
    floor::print_header();
    println!("ns/step\tstrategy\t{}\tlast/first", LIVE.map(|live| live.to_string()).join("\t"));
    for kind in KINDS {
        for strategy in STRATEGIES {
            if !args.wants(&format!("{} ({strategy})", kind.name)) {
                continue;
            }
            let costs = LIVE.map(|live| ns_per_step(kind, strategy, live, args.rounds));
            let columns = costs.map(|cost| format!("{cost:.1}")).join("\t");
            println!("{}\t{strategy}\t{columns}\t{:.2}", kind.name, costs[LIVE.len() - 1] / costs[0]);
        }
    }
}
