//! Whether resident memory stays flat over very many executions.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use coyote::{Config, Explorer, StrategySpec};
use tokio::sync::oneshot;

use crate::args::Args;
use crate::explore;
use crate::workloads::ours;

/// Each task owns this much, so that a task that is never dropped is seen.
const OWNED: usize = 4096;

/// Resident memory over the executions of one workload, in KiB. Shared with the body, which samples it.
#[derive(Clone, Default)]
struct Watch(Arc<Samples>);

#[derive(Default)]
struct Samples {
    executions: AtomicU64,
    warm: AtomicI64,
    end: AtomicI64,
    peak: AtomicI64,
}

impl Watch {
    /// Counts an execution, of so many in all. The first tenth is warm-up.
    fn count(&self, all: u64) {
        let executions = self.0.executions.fetch_add(1, Ordering::Relaxed) + 1;
        let every = (all / 20).max(1);
        let warm = all / 10 + 1;
        if executions != warm && executions != all && (executions < warm || !executions.is_multiple_of(every))
        {
            return;
        }
        let resident = resident_kib();
        if executions == warm {
            self.0.warm.store(resident, Ordering::Relaxed);
        }
        if executions <= all {
            self.0.peak.fetch_max(resident, Ordering::Relaxed);
            self.0.end.store(resident, Ordering::Relaxed);
        }
    }

    fn print(&self, name: &str) {
        let [warm, end, peak] =
            [&self.0.warm, &self.0.end, &self.0.peak].map(|sample| sample.load(Ordering::Relaxed));
        println!("{name}\t{warm}\t{end}\t{}\t{}", end - warm, peak - warm);
    }
}

/// Returns the resident memory of this process, in KiB.
///
/// # Panics
/// Panics where there is no `/proc`.
fn resident_kib() -> i64 {
    const PAGE_KIB: i64 = 4;
    let statm = fs::read_to_string("/proc/self/statm").expect("`memory` needs Linux's /proc/self/statm");
    let pages: i64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("statm has fields");
    pages * PAGE_KIB
}

fn owned() -> Vec<u8> {
    vec![1; OWNED]
}

/// Two threads with a lock, as in `peers`.
fn tiny(config: Config, watch: Watch, all: u64) {
    explore::threads(config, move || {
        watch.count(all);
        ours::e_tiny();
    });
}

/// A task and a thread panic, and whoever joins them sees it.
fn panicking(config: Config, watch: Watch, all: u64) {
    explore::tasks(config, move || {
        watch.count(all);
        async {
            let owned = owned();
            let task = tokio::spawn(async move { assert!(owned.is_empty(), "on purpose") });
            assert!(task.await.expect_err("it panicked").is_panic());
            let thread = coyote::std::thread::spawn(|| panic!("on purpose"));
            thread.join().expect_err("it panicked");
        }
    });
}

/// The root panics, so that the exploration ends with a bug: many explorations, of which each makes two
/// executions, the second one recorded.
fn failing(config: Config, watch: Watch, all: u64) {
    let explorer = Explorer::new(config);
    for _ in 0..all.div_ceil(2) {
        let watch = watch.clone();
        let report = explorer.run(move || {
            watch.count(all);
            async {
                let owned = owned();
                let task = tokio::spawn(async move { owned.len() });
                assert_eq!(task.await.unwrap(), 0, "on purpose");
            }
        });
        assert!(report.bug().is_some_and(coyote::Bug::is_reproduced), "the failure is found and replayed");
    }
}

/// The root returns while a task is suspended in the middle of a poll, in a blocking call.
fn cancelled_mid_poll(config: Config, watch: Watch, all: u64) {
    explore::tasks(config, move || {
        watch.count(all);
        async {
            let (inside, is_inside) = oneshot::channel();
            tokio::spawn(async move {
                let owned = owned();
                inside.send(()).unwrap();
                coyote::std::thread::park();
                drop(owned);
            });
            is_inside.await.unwrap();
        }
    });
}

/// The root returns while detached tasks wait, or have not even begun.
fn detached(config: Config, watch: Watch, all: u64) {
    explore::tasks(config, move || {
        watch.count(all);
        async {
            for _ in 0..2 {
                let owned = owned();
                drop(tokio::spawn(async move {
                    tokio::time::sleep(tokio::time::Duration::from_secs(1)).await;
                    drop(owned);
                }));
            }
            tokio::task::yield_now().await;
        }
    });
}

/// A workload, which counts its executions.
type Workload = fn(Config, Watch, u64);

/// Prints a row per workload.
pub(crate) fn run(args: &Args) {
    const WORKLOADS: [(&str, Workload); 5] = [
        ("tiny", tiny),
        ("failing", failing),
        ("panicking, observed", panicking),
        ("cancelled mid-poll", cancelled_mid_poll),
        ("detached tasks", detached),
    ];
    println!("{} executions\twarm KiB\tend KiB\tdifference KiB\tpeak difference KiB", args.executions);
    for (name, workload) in WORKLOADS {
        if args.wants(name) {
            let watch = Watch::default();
            let config = explore::config(name, StrategySpec::Random, args.executions);
            workload(config, watch.clone(), args.executions);
            watch.print(name);
        }
    }
}
