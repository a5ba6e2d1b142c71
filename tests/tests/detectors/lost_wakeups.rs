//! Futures that return `Pending` without keeping a waker.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use coyote::tokio;

use super::{config, fails};

/// A flag that one task waits for.
#[derive(Default)]
struct Flag {
    state: Mutex<(bool, Option<Waker>)>,
}

impl Flag {
    async fn set(&self, wait: bool) {
        poll_fn(move |cx| {
            let mut state = self.state.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            if wait {
                state.1 = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
    }

    fn raise(&self) {
        let mut state = self.state.lock().unwrap();
        state.0 = true;
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }
}

pub(super) async fn one_waits(keeps: bool, raises: bool) {
    let flag = Arc::new(Flag::default());
    let waits = tokio::spawn({
        let flag = Arc::clone(&flag);
        async move { flag.set(keeps).await }
    });
    tokio::task::yield_now().await;
    if raises {
        flag.raise();
    }
    waits.await.unwrap();
}

#[test]
fn a_future_that_keeps_no_waker_is_named() {
    let report = fails(config("no-waker"), || one_waits(false, true));
    let message = report.bug().unwrap().message();
    assert_eq!(
        message,
        "lost wake-up: main/1 can never be woken: its future returned `Pending` without keeping its waker"
    );
}

#[test]
fn a_waker_that_nobody_uses_makes_an_ordinary_deadlock() {
    let report = fails(config("unused-waker"), || one_waits(true, false));
    let message = report.bug().unwrap().message();
    assert_eq!(message, "deadlock: main and main/1 wait, and nothing can run any more");
}

#[test]
fn a_future_that_keeps_its_waker_passes() {
    super::passes(config("waker"), || one_waits(true, true));
}

/// A task that is meant to wait for ever does no harm, and is not to blame for what others do.
#[test]
fn a_task_that_waits_for_ever_is_not_blamed() {
    super::passes(config("for-ever"), || async {
        tokio::spawn(std::future::pending::<()>());
        tokio::spawn(async {}).await.unwrap();
    });
    let report = fails(config("for-ever-beside"), || async {
        tokio::spawn(std::future::pending::<()>());
        let (_sender, mut receiver) = tokio::sync::mpsc::channel::<()>(1);
        receiver.recv().await;
    });
    let message = report.bug().unwrap().message();
    let first = message.lines().next().unwrap();
    assert!(first.starts_with("deadlock: main"), "{message}");
}
