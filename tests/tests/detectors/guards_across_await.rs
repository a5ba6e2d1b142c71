//! Guards of std's locks that are kept across an `.await`, on runtimes whose threads then wait for them.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use coyote::tokio::sync::Notify;
use coyote::{Detector, Lanes, tokio};

use super::{config, fails, passes};

struct SendGuard<T>(T);

// SAFETY: under control all tasks share one OS thread.
#[expect(unsafe_code, reason = "a future with std's guard is not `Send`, but those of some other locks are")]
unsafe impl<T> Send for SendGuard<T> {}

#[derive(Default)]
struct Shared {
    value: Mutex<u32>,
    go: Notify,
}

async fn keeps_it(shared: Arc<Shared>) {
    let guard = SendGuard(shared.value.lock().unwrap());
    shared.go.notified().await;
    let mut guard = guard;
    *guard.0 += 1;
}

async fn gives_it_back(shared: Arc<Shared>) {
    *shared.value.lock().unwrap() += 1;
    shared.go.notified().await;
}

async fn locks_then_notifies(shared: Arc<Shared>) {
    *shared.value.lock().unwrap() += 1;
    shared.go.notify_one();
}

async fn notifies_then_locks(shared: Arc<Shared>, other: tokio::task::JoinHandle<()>) {
    shared.go.notify_one();
    other.await.unwrap();
    *shared.value.lock().unwrap() += 1;
}

/// The one that has the lock waits for the one that waits for it.
pub(super) async fn deadlocks() {
    let shared = Arc::new(Shared::default());
    let keeps = tokio::spawn(keeps_it(Arc::clone(&shared)));
    let locks = tokio::spawn(locks_then_notifies(Arc::clone(&shared)));
    locks.await.unwrap();
    keeps.await.unwrap();
}

/// The same, but for the guard.
pub(super) async fn passes_on() {
    let shared = Arc::new(Shared::default());
    let keeps = tokio::spawn(gives_it_back(Arc::clone(&shared)));
    let locks = tokio::spawn(locks_then_notifies(Arc::clone(&shared)));
    locks.await.unwrap();
    keeps.await.unwrap();
}

/// The guard is kept, but the other one notifies first.
pub(super) async fn locks_later() {
    let shared = Arc::new(Shared::default());
    let keeps = tokio::spawn(keeps_it(Arc::clone(&shared)));
    tokio::spawn(notifies_then_locks(shared, keeps)).await.unwrap();
}

#[test]
fn the_place_of_the_lock_and_that_of_the_await_are_told() {
    let report = fails(config("kept").lanes(Lanes::CurrentThread), deadlocks);
    let message = report.bug().unwrap().message();
    let mut lines = message.lines();
    let first = lines.next().unwrap();
    assert!(first.starts_with("deadlock: "), "{message}");
    let here = "guards_across_await.rs";
    let kept = lines.find(|line| line.contains(" keeps Mutex ")).unwrap_or_else(|| panic!("{message}"));
    assert!(kept.contains(&format!("{here}:24:")) && kept.contains(&format!("{here}:25:")), "{message}");
}

#[test]
fn with_as_many_workers_as_tasks_block_it_is_told_too() {
    let body = || async {
        let shared = Arc::new(Shared::default());
        let keeps = tokio::spawn(keeps_it(Arc::clone(&shared)));
        let locks = [(); 2].map(|()| tokio::spawn(locks_then_notifies(Arc::clone(&shared))));
        for lock in locks {
            lock.await.unwrap();
        }
        keeps.await.unwrap();
    };
    let report = fails(config("kept-by-two").lanes(Lanes::Workers(2)), body);
    let message = report.bug().unwrap().message();
    assert!(message.contains(" keeps Mutex ") && message.contains(" across an .await at "), "{message}");
}

#[test]
fn a_guard_that_is_given_back_before_the_await_passes() {
    let report = passes(config("given-back").lanes(Lanes::CurrentThread), passes_on);
    assert!(report.warnings().is_empty(), "{report}");
}

#[test]
fn one_that_others_of_the_thread_lock_later_is_warned_of() {
    let report = passes(config("warned").lanes(Lanes::CurrentThread), locks_later);
    let [warning] = report.warnings() else { panic!("{report}") };
    assert_eq!(warning.detector, Detector::GuardAcrossAwait);
    let report = passes(config("not-warned"), locks_later);
    assert!(report.warnings().is_empty(), "on threads of their own they wait for each other\n{report}");
}
