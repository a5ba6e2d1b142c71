//! `watch` and `broadcast` under control.
#![allow(missing_docs)]

mod tokio_sync_support;

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use coyote_shim::tokio::sync::broadcast::error::{RecvError, TryRecvError};
use coyote_shim::tokio::sync::{Mutex, broadcast, watch};
use tokio_sync_support::*;

#[test]
fn a_watcher_sees_the_last_value_and_each_change_at_most_once() {
    let seen = always(|| async {
        let (tx, mut rx) = watch::channel(0);
        let task = spawn(async move {
            tx.send(1).expect("watched");
            tx.send(2).expect("watched");
        });
        let mut values = Vec::new();
        while rx.changed().await.is_ok() {
            values.push(*rx.borrow_and_update());
        }
        task.await;
        assert_eq!(values.last(), Some(&2));
        assert!(rx.has_changed().is_err() && rx.is_closed());
        values
    });
    assert_eq!(seen, BTreeSet::from([vec![1, 2], vec![2]]));
}

#[test]
fn a_value_borrowed_across_points_keeps_senders_out() {
    always(|| async {
        let (tx, rx) = watch::channel((0, 0));
        let tx = Arc::new(tx);
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let tx = Arc::clone(&tx);
                spawn(async move {
                    tx.send_modify(|pair| {
                        pair.0 += 1;
                        step();
                        pair.1 += 1;
                    });
                })
            })
            .collect();
        for _ in 0..2 {
            let value = rx.borrow();
            let before = *value;
            step();
            assert_eq!((before, before.0), (*value, value.1));
        }
        for task in tasks {
            task.await;
        }
        assert_eq!(*rx.borrow(), (2, 2));
    });
}

#[test]
fn sending_while_borrowing_deadlocks() {
    let ends = failures(|| async {
        let (tx, rx) = watch::channel(0);
        let value = rx.borrow();
        tx.send(*value + 1).expect("watched");
    });
    assert_eq!(deadlocks(&ends)[0].cycle.len(), 1);
}

#[test]
fn borrowing_twice_around_a_waiting_sender_deadlocks() {
    // Documented by tokio at `borrow`.
    let ends = failures(|| async {
        let (tx, rx) = watch::channel(0);
        let task = spawn(async move { tx.send(1).is_ok() });
        let first = rx.borrow();
        let second = rx.borrow();
        assert_eq!(*first, *second);
        drop((first, second));
        task.await;
    });
    assert!(deadlocks(&ends).iter().all(|deadlock| deadlock.waiting.len() == 2));
}

#[test]
fn a_borrow_without_an_update_sees_the_same_change_twice() {
    let ends = failures(|| async {
        let (tx, mut rx) = watch::channel(0);
        let task = spawn(async move { tx.send(1).is_ok() });
        let mut seen = 0;
        if *rx.borrow() == 1 {
            seen += 1;
        }
        while rx.changed().await.is_ok() {
            seen += 1;
        }
        task.await;
        assert_eq!(seen, 1, "seen twice");
    });
    assert!(panics(&ends)[0].contains("seen twice"));
}

#[test]
fn waiting_for_a_value_gives_it_locked() {
    always(|| async {
        let (tx, mut rx) = watch::channel(0);
        let task = spawn(async move {
            for n in 1..=3 {
                tx.send_replace(n);
            }
            tx.closed().await;
            assert!(tx.is_closed());
        });
        let value = rx
            .wait_for(|value| {
                step();
                *value >= 2
            })
            .await
            .expect("sent");
        let before = *value;
        step();
        assert_eq!(before, *value);
        drop(value);
        assert_eq!(*rx.wait_for(|value| *value == 3).await.expect("sent"), 3);
        drop(rx);
        task.await;
    });
}

#[test]
fn waiting_for_a_value_that_never_comes_ends_with_the_last_sender() {
    always(|| async {
        let (tx, mut rx) = watch::channel(0);
        let mut other = tx.subscribe();
        let again = tx.clone();
        let task = spawn(async move { assert!(tx.send(1).is_ok()) });
        drop(again);
        assert!(rx.wait_for(|value| *value == 5).await.is_err());
        task.await;
        assert!(other.changed().await.is_ok(), "the last value is still new");
        assert!(other.changed().await.is_err());
        assert_eq!(*other.borrow(), 1);
    });
}

#[test]
fn a_value_nobody_watches_is_given_back() {
    always(|| async {
        let tx = watch::Sender::new(0);
        assert_eq!(tx.send(1).expect_err("nobody").0, 1);
        let held = tx.borrow();
        assert!(tx.send(2).is_err(), "without receivers the lock is not taken");
        drop(held);
        assert!(!tx.send_if_modified(|_| false));
        let rx = tx.subscribe();
        assert_eq!((tx.receiver_count(), tx.sender_count()), (1, 1));
        assert!(!rx.has_changed().expect("open"));
        tx.send(3).expect("watched");
        assert!(rx.has_changed().expect("open"));
    });
}

#[test]
fn every_receiver_gets_every_message() {
    always(|| async {
        let (tx, mut one) = broadcast::channel(4);
        let mut two = tx.subscribe();
        let task = spawn(async move {
            for n in 0..3 {
                tx.send(n).expect("heard");
            }
        });
        let other = spawn(async move {
            let mut all = Vec::new();
            while let Ok(n) = two.recv().await {
                all.push(n);
            }
            all
        });
        for n in 0..3 {
            assert_eq!(one.recv().await, Ok(n));
        }
        assert_eq!(one.recv().await, Err(RecvError::Closed));
        assert_eq!(other.await, [0, 1, 2]);
        task.await;
    });
}

#[test]
fn a_slow_receiver_is_told_what_it_lost() {
    let seen = always(|| async {
        let (tx, mut rx) = broadcast::channel(2);
        let task = spawn(async move {
            for n in 0..4 {
                tx.send(n).expect("heard");
            }
        });
        let first = rx.recv().await;
        task.await;
        first.is_ok()
    });
    assert_eq!(seen, BTreeSet::from([false, true]));
    let ends = failures(|| async {
        let (tx, mut rx) = broadcast::channel(1);
        let task = spawn(async move { (0..2).filter(|&n| tx.send(n).is_ok()).count() });
        let mut sum = 0;
        while let Ok(n) = rx.recv().await {
            sum += n + 1;
        }
        task.await;
        assert_eq!(sum, 3, "lagged");
    });
    assert!(panics(&ends)[0].contains("lagged"));
}

/// A message whose `clone` and `drop` are scheduled, and lock.
struct Busy(Arc<Mutex<u32>>);

impl Busy {
    fn note(&self) {
        step();
        if let Ok(mut count) = self.0.try_lock() {
            *count += 1;
            step();
        }
        step();
    }
}

impl Clone for Busy {
    fn clone(&self) -> Self {
        self.note();
        Busy(Arc::clone(&self.0))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.note();
    }
}

#[test]
fn messages_that_are_scheduled_when_cloned_or_dropped_do_no_harm() {
    always(|| async {
        let count = Arc::new(Mutex::new(0));
        let (tx, mut rx) = broadcast::channel(2);
        let mut lazy = tx.subscribe();
        let (sender, message) = (tx.clone(), Busy(Arc::clone(&count)));
        let task = spawn(async move {
            for _ in 0..3 {
                let _ = sender.send(message.clone());
            }
        });
        let other = spawn(async move {
            let _ = lazy.recv().await;
            let _ = lazy.try_recv();
        });
        loop {
            match rx.recv().await {
                Ok(_) => break,
                Err(RecvError::Lagged(lost)) => assert!(lost > 0),
                Err(RecvError::Closed) => panic!("a sender is left"),
            }
        }
        assert!(tx.len() <= 2);
        drop(rx);
        task.await;
        other.await;
        tx.closed().await;
        assert_eq!(tx.receiver_count(), 0);
    });
}

#[test]
fn a_run_that_fails_amid_a_clone_is_torn_down() {
    let ends = failures(|| async {
        let count = Arc::new(Mutex::new(0));
        let (tx, mut rx) = broadcast::channel(2);
        let mut other = tx.subscribe();
        let mut third = tx.subscribe();
        drop(spawn(async move {
            let _ = other.recv().await;
        }));
        drop(spawn(async move {
            let mut waits = pin!(third.recv());
            let _ = poll_once(waits.as_mut()).await;
            std::future::pending::<()>().await;
        }));
        assert!(tx.send(Busy(count)).is_ok());
        let _ = rx.recv().await;
        panic!("on purpose");
    });
    assert!(panics(&ends).iter().all(|message| *message == "on purpose"));
}

#[test]
fn a_waiting_receiver_can_be_given_up() {
    always(|| async {
        let (tx, mut rx) = broadcast::channel(2);
        {
            let mut wait = pin!(rx.recv());
            assert!(poll_once(wait.as_mut()).await.is_pending());
        }
        tx.send(1).expect("heard");
        let weak = tx.downgrade();
        let mut again = rx.resubscribe();
        assert_eq!(rx.try_recv(), Ok(1));
        assert_eq!(again.try_recv(), Err(TryRecvError::Empty));
        assert_eq!((tx.strong_count(), rx.sender_weak_count()), (1, 1));
        drop(tx);
        assert!(weak.upgrade().is_none() && rx.is_closed());
        let mut wait = pin!(rx.recv());
        assert_eq!(poll_once(wait.as_mut()).await, Poll::Ready(Err(RecvError::Closed)));
    });
}

#[test]
fn a_receiver_that_keeps_its_own_sender_deadlocks() {
    let ends = failures(|| async {
        let (tx, mut rx) = broadcast::channel(2);
        tx.send(1).expect("heard");
        while rx.recv().await.is_ok() {}
        drop(tx);
    });
    assert_eq!(deadlocks(&ends)[0].waiting.len(), 1);
}

#[test]
fn a_waker_that_a_send_wakes_may_use_the_channel() {
    struct Counts(broadcast::Sender<u32>, std::sync::atomic::AtomicUsize);
    impl std::task::Wake for Counts {
        fn wake(self: Arc<Self>) {
            self.1.store(self.0.len(), std::sync::atomic::Ordering::Relaxed);
        }
    }
    always(|| async {
        let (tx, mut rx) = broadcast::channel(4);
        let counts = Arc::new(Counts(tx.clone(), std::sync::atomic::AtomicUsize::new(0)));
        let waker = std::task::Waker::from(Arc::clone(&counts));
        let mut wait = pin!(rx.recv());
        assert!(wait.as_mut().poll(&mut std::task::Context::from_waker(&waker)).is_pending());
        tx.send(1).expect("heard");
        assert_eq!(counts.1.load(std::sync::atomic::Ordering::Relaxed), 1);
        assert_eq!(wait.await, Ok(1));
    });
}

#[test]
fn the_same_seeds_give_the_same_executions() {
    let body = || async {
        let (tx, rx) = watch::channel(0);
        let (shout, mut heard) = broadcast::channel(2);
        let watchers: Vec<_> = (0..3)
            .map(|_| {
                let mut rx = rx.clone();
                let shout = shout.clone();
                spawn(async move {
                    while rx.changed().await.is_ok() {
                        let _ = shout.send(*rx.borrow_and_update());
                    }
                })
            })
            .collect();
        drop((rx, shout));
        for n in 1..4 {
            tx.send_replace(n);
            yield_now().await;
        }
        drop(tx);
        while !matches!(heard.recv().await, Err(RecvError::Closed)) {}
        for watcher in watchers {
            watcher.await;
        }
    };
    let executions = || -> Vec<_> {
        run(50, body).outcomes.iter().map(|(outcome, _)| (outcome.fingerprint, outcome.steps)).collect()
    };
    assert_eq!(executions(), executions());
}
