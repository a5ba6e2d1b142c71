//! `Notify`, `Barrier`, `OnceCell` and `SetOnce` under control.
#![allow(missing_docs)]

mod tokio_sync_support;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use coyote_shim::tokio::sync::{Barrier, Notify, OnceCell, SetError, SetOnce};
use tokio_sync_support::*;

#[test]
fn a_notification_is_kept_for_the_next_to_wait() {
    always(|| async {
        let notify = Arc::new(Notify::new());
        let other = Arc::clone(&notify);
        let task = spawn(async move { other.notify_one() });
        notify.notified().await;
        task.await;
    });
}

#[test]
fn notify_waiters_keeps_nothing() {
    let ends = failures(|| async {
        let notify = Arc::new(Notify::new());
        let other = Arc::clone(&notify);
        let task = spawn(async move { other.notify_waiters() });
        notify.notified().await;
        task.await;
    });
    deadlocks(&ends);
}

#[test]
fn a_wait_made_before_notify_waiters_hears_it() {
    always(|| async {
        let notify = Arc::new(Notify::new());
        let wait = notify.notified();
        let owned = Arc::clone(&notify).notified_owned();
        let other = Arc::clone(&notify);
        let task = spawn(async move { other.notify_waiters() });
        wait.await;
        owned.await;
        task.await;
    });
}

#[test]
fn a_dropped_wait_passes_its_notification_on() {
    always(|| async {
        let notify = Notify::new();
        let mut first = Box::pin(notify.notified());
        let mut second = pin!(notify.notified());
        assert!(!first.as_mut().enable());
        assert!(!second.as_mut().enable());
        notify.notify_one();
        drop(first);
        second.await;
        notify.notify_last();
        notify.notified().await;
    });
}

#[test]
fn a_barrier_has_one_leader_and_lets_nobody_through_early() {
    always(|| async {
        let barrier = Arc::new(Barrier::new(3));
        let arrived = Rc::new(Cell::new(0));
        let wait = || {
            let (barrier, arrived) = (Arc::clone(&barrier), Rc::clone(&arrived));
            async move {
                arrived.set(arrived.get() + 1);
                let first = barrier.wait().await;
                assert!(arrived.get() >= 3);
                let second = barrier.wait().await;
                u32::from(first.is_leader()) + 10 * u32::from(second.is_leader())
            }
        };
        let (a, b) = (spawn(wait()), spawn(wait()));
        let leaders = wait().await + a.await + b.await;
        assert_eq!(leaders, 11);
    });
}

#[test]
fn a_barrier_for_one_too_many_deadlocks() {
    let ends = failures(|| async {
        let barrier = Arc::new(Barrier::new(3));
        let other = Arc::clone(&barrier);
        let task = spawn(async move { other.wait().await.is_leader() });
        barrier.wait().await;
        task.await;
    });
    assert_eq!(deadlocks(&ends)[0].waiting.len(), 2);
}

#[test]
fn a_once_cell_is_initialised_once() {
    let seen = always(|| async {
        let cell = Arc::new(OnceCell::new());
        let calls = Rc::new(Cell::new(0));
        let init = |value: u32| {
            let (cell, calls) = (Arc::clone(&cell), Rc::clone(&calls));
            async move {
                let make = || async {
                    calls.set(calls.get() + 1);
                    yield_now().await;
                    value
                };
                *cell.get_or_init(make).await
            }
        };
        let task = spawn(init(1));
        let here = init(2).await;
        assert_eq!(here, task.await);
        assert_eq!(calls.get(), 1);
        assert!(matches!(cell.set(3), Err(SetError::AlreadyInitializedError(3))));
        assert_eq!(cell.get(), Some(&here));
        here
    });
    assert_eq!(seen, BTreeSet::from([1, 2]));
}

#[test]
fn a_failed_or_cancelled_initialisation_passes_to_the_next() {
    always(|| async {
        let cell = Arc::new(OnceCell::new());
        let other = Arc::clone(&cell);
        let failing =
            spawn(async move { other.get_or_try_init(|| async { Err::<u32, _>(()) }).await.is_err() });
        let other = Arc::clone(&cell);
        let cancelled = spawn(async move {
            other.get_or_init(std::future::pending).await;
        });
        cancelled.abort();
        let value = *cell.get_or_init(|| async { 7 }).await;
        assert_eq!(value, 7);
        failing.await;
    });
}

#[test]
fn set_during_an_initialisation_says_so() {
    let seen = always(|| async {
        let cell = Arc::new(OnceCell::new());
        let other = Arc::clone(&cell);
        let task = spawn(async move {
            other
                .get_or_init(|| async {
                    step();
                    1
                })
                .await;
        });
        let set = match cell.set(2) {
            Ok(()) => 0,
            Err(SetError::InitializingError(_)) => 1,
            Err(SetError::AlreadyInitializedError(_)) => 2,
        };
        task.await;
        set
    });
    assert_eq!(seen, BTreeSet::from([0, 1, 2]));
}

#[test]
fn an_initialisation_that_needs_itself_deadlocks_at_once() {
    let ends = failures(|| async {
        let cell: OnceCell<u32> = OnceCell::new();
        cell.get_or_init(|| async { *cell.get_or_init(|| async { 1 }).await }).await;
    });
    assert_eq!(deadlocks(&ends)[0].cycle.len(), 1);
}

#[test]
fn set_once_is_set_once_and_waited_for() {
    let seen = always(|| async {
        let once = Arc::new(SetOnce::new());
        let other = Arc::clone(&once);
        let task = spawn(async move { other.set(1).is_ok() });
        let here = once.set(2).is_ok();
        let value = *once.wait().await;
        assert_ne!(here, task.await);
        assert_eq!(once.get(), Some(&value));
        value
    });
    assert_eq!(seen, BTreeSet::from([1, 2]));
}

#[test]
fn reading_a_cell_before_it_is_set_is_found() {
    let ends = failures(|| async {
        let once = Arc::new(SetOnce::new());
        let other = Arc::clone(&once);
        let task = spawn(async move { other.set(1).is_ok() });
        assert!(once.initialized(), "not yet");
        task.await;
    });
    assert!(panics(&ends)[0].contains("not yet"));
}
