//! `oneshot` and `mpsc` under control.
#![allow(missing_docs)]

mod tokio_sync_support;

use std::collections::BTreeSet;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use coyote_shim::tokio::sync::mpsc::error::{SendTimeoutError, TryRecvError, TrySendError};
use coyote_shim::tokio::sync::{mpsc, oneshot};
use tokio_sync_support::*;

#[test]
fn a_oneshot_delivers_or_says_that_it_will_not() {
    let seen = always(|| async {
        let (tx, rx) = oneshot::channel();
        let sender = spawn(async move { tx.send(7).is_ok() });
        let received = rx.await;
        assert!(sender.await);
        let (tx, rx) = oneshot::channel::<u32>();
        let dropper = spawn(async move { drop(tx) });
        assert!(rx.await.is_err());
        dropper.await;
        let (mut tx, mut rx) = oneshot::channel::<u32>();
        let waiter = spawn(async move {
            tx.closed().await;
            assert!(tx.is_closed());
            tx.send(1)
        });
        rx.close();
        assert_eq!(waiter.await, Err(1));
        assert!(rx.try_recv().is_err());
        received.expect("sent")
    });
    assert_eq!(seen, BTreeSet::from([7]));
}

#[test]
fn trying_to_receive_sees_all_outcomes() {
    let seen = always(|| async {
        let (tx, mut rx) = oneshot::channel();
        let sender = spawn(async move { tx.send(7).is_ok() });
        let early = rx.try_recv();
        let sent = sender.await;
        assert!(sent);
        (early.is_ok(), rx.is_terminated(), rx.is_empty())
    });
    assert_eq!(seen, BTreeSet::from([(true, true, true), (false, false, false)]));
}

#[test]
fn a_oneshot_that_nobody_sends_to_deadlocks_where_it_is_awaited() {
    let mut line = 0;
    let ends = failures(|| async {
        let (tx, rx) = oneshot::channel::<u32>();
        let kept = tx;
        let received = rx.await;
        drop(kept);
        received
    });
    for deadlock in deadlocks(&ends) {
        let on = &deadlock.waiting[0].on[0];
        assert!(on.location.file().ends_with("tokio_sync_channels.rs"), "{on:?}");
        line = on.location.line();
    }
    assert!(line > 0);
}

#[test]
fn messages_of_one_sender_keep_their_order_and_none_is_lost() {
    let orders = always(|| async {
        let (tx, mut rx) = mpsc::channel(1);
        let other = tx.clone();
        let one = spawn(async move {
            for n in [1, 2, 3] {
                other.send(n).await.expect("open");
            }
        });
        let two = spawn(async move {
            for n in [11, 12] {
                tx.send(n).await.expect("open");
            }
        });
        let mut all = Vec::new();
        while let Some(n) = rx.recv().await {
            all.push(n);
        }
        one.await;
        two.await;
        assert!(all.iter().filter(|n| **n < 10).eq(&[1, 2, 3]), "{all:?}");
        assert!(all.iter().filter(|n| **n > 10).eq(&[11, 12]), "{all:?}");
        all
    });
    assert_eq!(orders.len(), 10, "5!/(3! 2!) orders");
}

#[test]
fn a_bounded_channel_holds_senders_back_and_permits_keep_room() {
    always(|| async {
        let (tx, mut rx) = mpsc::channel(2);
        let permit = tx.reserve().await.expect("open");
        tx.try_send(1).expect("room");
        assert!(matches!(tx.try_send(2), Err(TrySendError::Full(2))));
        assert_eq!((tx.capacity(), tx.max_capacity(), rx.len()), (0, 2, 1));
        permit.send(3);
        let mut blocked = pin!(tx.send(4));
        assert!(poll_once(blocked.as_mut()).await.is_pending());
        assert_eq!(rx.recv().await, Some(1));
        assert!(matches!(poll_once(blocked.as_mut()).await, Poll::Ready(Ok(()))));
        let mut buffer = Vec::new();
        assert_eq!(rx.recv_many(&mut buffer, 10).await, 2);
        assert_eq!(buffer, [3, 4]);
        let mut permits = tx.try_reserve_many(2).expect("room");
        assert_eq!(permits.len(), 2);
        permits.next().expect("two").send(5);
        drop(permits);
        let owned = tx.clone().reserve_owned().await.expect("room");
        assert!(owned.same_channel_as_sender(&tx));
        let tx = owned.send(6);
        assert!(matches!(tx.clone().try_reserve_owned(), Err(TrySendError::Full(_))));
        assert_eq!(rx.try_recv(), Ok(5));
        drop(tx.clone().try_reserve_owned().expect("room").release());
        rx.close();
        assert!(tx.is_closed());
        assert_eq!((rx.recv().await, rx.recv().await), (Some(6), None));
        assert!(tx.send(7).await.is_err());
    });
}

#[test]
fn a_send_that_is_given_up_passes_its_room_on() {
    always(|| async {
        let (tx, mut rx) = mpsc::channel(1);
        tx.send(1).await.expect("open");
        let mut first = Box::pin(tx.send(2));
        let mut second = pin!(tx.send(3));
        assert!(poll_once(first.as_mut()).await.is_pending());
        assert!(poll_once(second.as_mut()).await.is_pending());
        assert_eq!(rx.recv().await, Some(1));
        drop(first);
        second.await.expect("open");
        assert_eq!(rx.recv().await, Some(3));
    });
}

#[test]
fn two_tasks_that_each_wait_for_room_at_the_other_deadlock() {
    let ends = failures(|| async {
        let (to_a, mut at_a) = mpsc::channel(1);
        let (to_b, mut at_b) = mpsc::channel(1);
        let task = spawn(async move {
            for n in 0..3 {
                to_b.send(n).await.expect("open");
            }
            at_a.recv().await
        });
        for n in 0..3 {
            to_a.send(n).await.expect("open");
        }
        at_b.recv().await;
        task.await;
    });
    assert_eq!(deadlocks(&ends)[0].waiting.len(), 2);
}

#[test]
fn the_last_sender_closes_the_channel_and_a_weak_one_does_not_keep_it_open() {
    let seen = always(|| async {
        let (tx, mut rx) = mpsc::unbounded_channel();
        let weak = tx.downgrade();
        let task = spawn(async move {
            tx.send(1).expect("open");
            drop(tx);
        });
        let upgraded = weak.upgrade().map(|tx| tx.send(2).is_ok());
        let mut all = Vec::new();
        while let Some(n) = rx.recv().await {
            all.push(n);
        }
        task.await;
        assert_eq!((weak.strong_count(), rx.sender_weak_count()), (0, 1));
        assert!(weak.upgrade().is_none());
        assert_eq!(rx.try_recv(), Err(TryRecvError::Disconnected));
        (upgraded, all)
    });
    let expected = [(None, vec![1]), (Some(true), vec![1, 2]), (Some(true), vec![2, 1])];
    assert_eq!(seen, BTreeSet::from(expected));
}

#[test]
fn a_message_left_behind_after_the_receiver_closed_is_found() {
    // Wrong: it stops at the first empty look instead of at the channel's end.
    let ends = failures(|| async {
        let (tx, mut rx) = mpsc::unbounded_channel();
        let task = spawn(async move { tx.send(1).is_ok() });
        let mut sum = 0;
        while let Ok(n) = rx.try_recv() {
            sum += n;
        }
        task.await;
        assert_eq!(sum, 1, "left behind");
    });
    assert!(panics(&ends)[0].contains("left behind"));
}

#[test]
fn senders_learn_that_the_receiver_is_gone() {
    always(|| async {
        let (tx, rx) = mpsc::channel::<u32>(1);
        let task = spawn(async move { drop(rx) });
        tx.closed().await;
        assert!(tx.is_closed() && tx.send(1).await.is_err());
        task.await;
    });
}

#[test]
fn sending_gives_up_after_a_time() {
    always(|| async {
        let (tx, mut rx) = mpsc::channel(1);
        let hour = Duration::from_secs(3600);
        tx.send_timeout(1, hour).await.expect("room");
        assert!(matches!(tx.send_timeout(2, hour).await, Err(SendTimeoutError::Timeout(2))));
        assert_eq!(coyote_engine::current().expect("under control").now(), 3_600_000_000_000);
        let other = tx.clone();
        let task = spawn(async move { other.send_timeout(3, hour).await });
        assert_eq!(rx.recv().await, Some(1));
        assert!(task.await.is_ok());
        drop(rx);
        assert!(matches!(tx.send_timeout(4, hour).await, Err(SendTimeoutError::Closed(4))));
    });
}

#[test]
fn threads_and_futures_talk() {
    always(|| async {
        let (tx, mut rx) = mpsc::channel(1);
        let (back, answer) = oneshot::channel();
        let task = thread(move || {
            tx.blocking_send(1).expect("open");
            tx.blocking_send(2).expect("open");
            drop(tx);
            answer.blocking_recv().expect("sent")
        });
        let mut sum = 0;
        while let Some(n) = rx.recv().await {
            sum += n;
        }
        back.send(sum).expect("waited for");
        assert_eq!(task.await, 3);
    });
    let ends = failures(|| async {
        let (tx, _rx) = mpsc::channel(1);
        tx.blocking_send(1)
    });
    assert!(panics(&ends)[0].starts_with("Cannot block the current thread from within a runtime."));
}

#[test]
fn a_busy_receiver_yields_when_its_budget_is_used_up() {
    always(|| async {
        let (tx, mut rx) = mpsc::unbounded_channel();
        for n in 0..300 {
            tx.send(n).expect("open");
        }
        drop(tx);
        let mut all = pin!(async {
            let mut count = 0;
            while rx.recv().await.is_some() {
                count += 1;
            }
            count
        });
        let mut polls = 1;
        let count = loop {
            match poll_once(all.as_mut()).await {
                Poll::Ready(count) => break count,
                Poll::Pending => yield_now().await,
            }
            polls += 1;
        };
        assert_eq!((polls, count), (3, 300), "128 operations a poll");
    });
}

#[test]
fn a_message_whose_destructor_is_scheduled_is_dropped_with_its_channel() {
    struct Loud(mpsc::UnboundedSender<u32>);
    impl Drop for Loud {
        fn drop(&mut self) {
            step();
            let _ = self.0.send(1);
            step();
        }
    }
    always(|| async {
        let (log, mut lines) = mpsc::unbounded_channel();
        let (tx, rx) = mpsc::channel(4);
        let other = tx.clone();
        let line = log.clone();
        let task = spawn(async move {
            let _ = other.send(Loud(line)).await;
        });
        let _ = tx.send(Loud(log.clone())).await;
        drop(rx);
        task.await;
        drop((tx, log));
        let mut count = 0;
        while lines.recv().await.is_some() {
            count += 1;
        }
        assert_eq!(count, 2);
    });
}
