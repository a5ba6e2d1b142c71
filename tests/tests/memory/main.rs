//! Executions leave no memory behind.
//!
//! Each workload runs in a process of its own: resident memory is that of a whole process.
//! `COYOTE_SUITE_MEMORY=1000000` makes this a million executions of each rather than 20,000.
#![cfg(target_os = "linux")]

use std::sync::Arc;

use coyote::std::sync::Mutex;
use coyote::{Config, Explorer, UnobservedPanic};
use coyote_tests::child;
use coyote_tests::memory::Samples;

const EXECUTIONS: &str = "COYOTE_SUITE_MEMORY";
/// By how much memory may grow after the first tenth of the executions, in KiB.
const MOST: u64 = 1024;

fn executions() -> u64 {
    child::count(EXECUTIONS, 20_000)
}

fn config(executions: u64) -> Config {
    Config::new("memory").iterations(executions).timeout(std::time::Duration::ZERO)
}

fn explore<Fut: Future<Output = ()>>(body: impl Fn() -> Fut + Send + Sync + 'static) -> Arc<Samples> {
    let samples = Arc::new(Samples::of(executions()));
    let counts = Arc::clone(&samples);
    let config = config(executions()).unobserved_panic(UnobservedPanic::Ignore);
    let report = Explorer::new(config).run(move || {
        counts.count();
        body()
    });
    assert!(report.bug().is_none(), "{report}");
    assert_eq!(report.statistics().iterations, executions());
    assert_eq!(report.statistics().abandoned, 0, "{report}");
    assert!(report.statistics().classes < 2000, "{report}");
    samples
}

fn tell(samples: &Samples) {
    let all = samples.all().map(|sample| sample.to_string());
    println!("\nresident\t{}", all.join(" "));
}

fn stays_flat(workload: &str) {
    let child = child::run(workload, &[(EXECUTIONS, executions().to_string())]);
    child.passes();
    let samples = child.value("resident");
    println!("{workload}: {} executions, KiB resident: {samples}", executions());
    let samples: Vec<u64> = samples.split(' ').map(|sample| sample.parse().expect("a number")).collect();
    let most = samples.iter().max().expect("ten samples");
    assert!(most - samples[0] < MOST, "{workload} grew by {} KiB: {samples:?}", most - samples[0]);
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn tiny() {
    tell(&explore(|| async {
        let lock = Arc::new(tokio::sync::Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let task = tokio::spawn(async move { *theirs.lock().await += 1 });
        *lock.lock().await += 1;
        task.await.expect("no panic");
    }));
}

/// Panics that somebody sees, and ones that nobody does.
#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn panicking() {
    tell(&explore(|| async {
        let seen = tokio::spawn(async { panic!("seen") });
        tokio::spawn(async { panic!("not seen") });
        assert!(seen.await.is_err());
    }));
}

/// Executions that fail: each is an exploration, which ends there, repeats it, and makes its trace.
#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn failing() {
    let samples = Samples::of(executions());
    for seed in 0..executions() {
        let report = Explorer::new(config(1).seed(seed)).run(|| async {
            let task = tokio::spawn(async { 1 });
            tokio::task::yield_now().await;
            assert_eq!(task.await.ok(), None, "it fails");
        });
        let bug = report.bug().expect("it fails");
        assert!(bug.is_reproduced() && !bug.trace().to_short().is_empty());
        samples.count();
    }
    tell(&samples);
}

/// Tasks that are cancelled with their stack, inside a poll, a lock held. There are few ways for this
/// to go: an exploration keeps a word for each class of executions, which here is to be of no account.
#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn cancelled_in_a_poll() {
    tell(&explore(|| async {
        let lock = Arc::new(Mutex::new(vec![0; 16]));
        for _ in 0..2 {
            let theirs = Arc::clone(&lock);
            tokio::spawn(async move {
                let own = vec![1; 64];
                for _ in 0..2 {
                    let mut held = theirs.lock().expect("no panic");
                    coyote::std::thread::yield_now();
                    held[0] += own[0];
                }
            });
        }
        lock.lock().expect("no panic")[1] += 1;
    }));
}

/// Tasks that nobody joins, some ended, some waiting for ever, when the root returns.
#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn detached() {
    tell(&explore(|| async {
        let (send, mut receive) = tokio::sync::mpsc::channel::<u32>(1);
        tokio::spawn(async move { while receive.recv().await.is_some() {} });
        tokio::spawn(async move { send.send(1).await });
        tokio::spawn(tokio::time::sleep(std::time::Duration::from_secs(1)));
        tokio::spawn(std::future::pending::<()>());
        tokio::task::yield_now().await;
    }));
}

macro_rules! workloads {
    ($($test:ident: $workload:ident,)*) => {$(
        #[test]
        fn $test() {
            stays_flat(stringify!($workload));
        }
    )*};
}

workloads! {
    tiny_executions_leave_nothing_behind: tiny,
    panics_leave_nothing_behind: panicking,
    failing_executions_leave_nothing_behind: failing,
    tasks_cancelled_in_a_poll_leave_nothing_behind: cancelled_in_a_poll,
    detached_tasks_leave_nothing_behind: detached,
}
