//! Guards and permits that are never given back.

use std::sync::Arc;

use coyote::std::sync::{Mutex, RwLock};
use coyote::tokio::sync::Semaphore;
use coyote::{Detector, Leaks, tokio};

use super::{config, fails, passes};

pub(super) async fn forgets_a_permit() {
    let permits = Arc::new(Semaphore::new(2));
    let theirs = Arc::clone(&permits);
    let task = tokio::spawn(async move {
        let permit = theirs.acquire().await.unwrap();
        std::mem::forget(permit);
    });
    task.await.unwrap();
    drop(permits.acquire().await);
}

async fn forgets_guards() {
    let (lock, other) = (Mutex::new(0), RwLock::new(0));
    std::mem::forget(lock.lock().unwrap());
    std::mem::forget(other.read().unwrap());
}

/// Permits that are forgotten on purpose, passed on, or given back by another task; guards that a task has which is
/// cut off at the end.
pub(super) async fn leaks_nothing() {
    let permits = Arc::new(Semaphore::new(3));
    permits.acquire().await.unwrap().forget();
    drop(permits.acquire_many(0).await);
    let (send, mut receive) = tokio::sync::mpsc::channel(2);
    let passed_on = Arc::clone(&permits);
    let task = tokio::spawn(async move {
        for _ in 0..2 {
            assert!(send.send(Arc::clone(&passed_on).acquire_owned().await.unwrap()).await.is_ok());
        }
    });
    drop(receive.recv().await);
    task.await.unwrap();
    let lock = Arc::new(tokio::sync::Mutex::new(0));
    tokio::spawn(async move {
        let _guard = lock.lock_owned().await;
        std::future::pending::<()>().await;
    });
    tokio::task::yield_now().await;
}

#[test]
fn a_forgotten_permit_is_warned_of() {
    let report = passes(config("permit"), forgets_a_permit);
    let [warning] = report.warnings() else { panic!("{report}") };
    assert_eq!(warning.detector, Detector::Leak);
    assert!(warning.message.contains("permit of a Semaphore taken at "), "{report}");
    assert!(warning.message.contains("leaks.rs:15:"), "{report}");
    assert!(
        report.to_string().contains("suspicious, though nothing failed because of it:\n    leak: "),
        "{report}"
    );
}

#[test]
fn forgotten_guards_are_warned_of_each() {
    let report = passes(config("guards"), forgets_guards);
    assert_eq!(report.warnings().len(), 2, "{report}");
}

#[test]
fn a_leak_fails_where_that_is_asked_for() {
    let report = fails(config("leak-fails").leaks(Leaks::Fail), forgets_a_permit);
    let message = report.bug().unwrap().message();
    assert!(message.starts_with("leak in task main/1: the share or permit of a Semaphore"), "{message}");
}

#[test]
fn nothing_is_said_where_leaks_are_ignored() {
    let report = passes(config("leak-ignored").leaks(Leaks::Ignore), forgets_a_permit);
    assert!(report.warnings().is_empty(), "{report}");
}

#[test]
fn what_is_forgotten_on_purpose_passed_on_or_cut_off_is_no_leak() {
    let report = passes(config("no-leak").leaks(Leaks::Fail), leaks_nothing);
    assert!(report.warnings().is_empty(), "{report}");
}

#[test]
fn a_deadlock_tells_of_the_guard_that_was_leaked() {
    let report = fails(config("leaked-guard"), || async {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        tokio::spawn(async move { std::mem::forget(theirs.lock().unwrap()) }).await.unwrap();
        drop(lock.lock());
    });
    let message = report.bug().unwrap().message();
    assert!(message.contains("main/1 took Mutex main/1:1 at "), "{message}");
    assert!(message.contains(" and has ended without giving it back"), "{message}");
}
