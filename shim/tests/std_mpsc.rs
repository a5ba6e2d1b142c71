//! `std::sync::mpsc`.
#![allow(missing_docs)]

mod std_support;

use coyote_shim::std as cstd;
use cstd::sync::mpsc::{self, RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use cstd::sync::{Arc, Mutex};
use cstd::thread;
use cstd::time::{Duration, Instant};
use std_support::*;

#[test]
fn messages_of_each_sender_arrive_in_order() {
    let seen = always(|| {
        let (sender, receiver) = mpsc::channel();
        for i in 0..2 {
            let sender = sender.clone();
            thread::spawn(move || (0..3).for_each(|k| sender.send((i, k)).expect("the receiver is there")));
        }
        drop(sender);
        let all: Vec<_> = receiver.iter().collect();
        for i in 0..2 {
            let mine: Vec<_> = all.iter().filter(|message| message.0 == i).map(|message| message.1).collect();
            assert_eq!(mine, [0, 1, 2]);
        }
        assert_eq!(receiver.recv(), Err(RecvError));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
        all
    });
    assert!(seen.len() > 10, "{}", seen.len());
}

#[test]
fn a_sender_kept_alive_deadlocks_the_receiver() {
    finds(
        || {
            let (sender, receiver) = mpsc::channel::<u32>();
            let other = sender.clone();
            thread::spawn(move || other.send(1));
            assert_eq!(receiver.iter().count(), 1);
            drop(sender);
        },
        deadlock,
    );
}

#[test]
fn relying_on_the_order_of_two_senders_fails() {
    finds(
        || {
            let (sender, receiver) = mpsc::channel();
            let other = sender.clone();
            thread::spawn(move || other.send(1));
            thread::spawn(move || sender.send(2));
            assert_eq!(receiver.recv(), Ok(1), "out of order");
        },
        failed_with("out of order"),
    );
}

#[test]
fn a_bounded_channel_never_holds_more() {
    always(|| {
        let (sender, receiver) = mpsc::sync_channel(2);
        let sent = Arc::new(Mutex::new(0));
        let count = Arc::clone(&sent);
        let handle = thread::spawn(move || {
            for i in 0..5 {
                sender.send(i).expect("the receiver is there");
                *count.lock().expect("not poisoned") += 1;
            }
        });
        for i in 0..5 {
            assert!(*sent.lock().expect("not poisoned") <= i + 2);
            assert_eq!(receiver.recv(), Ok(i));
        }
        handle.join().expect("no panic");
    });
    always(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        assert_eq!(sender.try_send(1), Ok(()));
        assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(receiver);
        assert_eq!(sender.try_send(3), Err(TrySendError::Disconnected(3)));
        assert_eq!(sender.send(3), Err(SendError(3)));
    });
}

#[test]
fn a_full_channel_that_nobody_reads_deadlocks() {
    finds(
        || {
            let (sender, receiver) = mpsc::sync_channel(1);
            sender.send(1).expect("the receiver is there");
            sender.send(2).expect("the receiver is there");
            drop(receiver);
        },
        deadlock,
    );
}

#[test]
fn with_bound_zero_a_send_returns_only_once_received() {
    always(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let log = Arc::new(Mutex::new(Vec::new()));
        let other = Arc::clone(&log);
        let handle = thread::spawn(move || {
            for i in 0..3 {
                sender.send(i).expect("the receiver is there");
                other.lock().expect("not poisoned").push(i);
            }
        });
        for i in 0..3 {
            assert!(log.lock().expect("not poisoned").len() <= i);
            assert_eq!(receiver.recv(), Ok(i));
        }
        handle.join().expect("no panic");
    });
    let seen = always(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let handle = thread::spawn(move || receiver.recv());
        let sent = sender.try_send(1);
        drop(sender);
        let received = handle.join().expect("no panic");
        assert_eq!(sent.is_ok(), received == Ok(1));
        sent.is_ok()
    });
    assert_eq!(seen.len(), 2, "try_send succeeds exactly while the receiver waits");
}

#[test]
fn senders_that_hand_over_get_their_message_back_when_the_receiver_goes() {
    always(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let handles: Vec<_> = (0..2)
            .map(|i| {
                let sender = sender.clone();
                thread::spawn(move || sender.send(i).map_err(|SendError(back)| assert_eq!(back, i)))
            })
            .collect();
        assert!(receiver.recv().is_ok());
        drop(receiver);
        let sent = handles.into_iter().filter_map(|handle| handle.join().expect("no panic").ok()).count();
        assert_eq!(sent, 1);
    });
}

#[test]
fn receiving_with_a_timeout_follows_the_virtual_clock() {
    always(|| {
        let (sender, receiver) = mpsc::channel();
        let start = Instant::now();
        let handle = thread::spawn(move || {
            thread::sleep(Duration::from_secs(3));
            sender.send(1).expect("the receiver is there");
        });
        assert_eq!(receiver.recv_timeout(Duration::from_secs(2)), Err(RecvTimeoutError::Timeout));
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        assert_eq!(receiver.recv_timeout(Duration::from_secs(2)), Ok(1));
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        handle.join().expect("no panic");
        assert_eq!(receiver.recv_timeout(Duration::from_secs(2)), Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn messages_left_are_destroyed_with_the_receiver() {
    always(|| {
        let counter = Arc::new(());
        let (sender, receiver) = mpsc::channel();
        (0..3).for_each(|_| sender.send(Arc::clone(&counter)).expect("the receiver is there"));
        assert_eq!(receiver.try_iter().take(1).count(), 1);
        drop(receiver);
        assert_eq!(Arc::strong_count(&counter), 1);
        assert!(sender.send(Arc::clone(&counter)).is_err());
    });
}

#[test]
fn channels_pass_through_when_nothing_explores() {
    let (sender, receiver) = mpsc::sync_channel(0);
    let handle = thread::spawn(move || (0..3).for_each(|i| sender.send(i).expect("the receiver is there")));
    assert_eq!((&receiver).into_iter().take(2).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(receiver.into_iter().collect::<Vec<_>>(), [2]);
    handle.join().expect("no panic");
    let (sender, receiver) = mpsc::channel();
    assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), Err(RecvTimeoutError::Timeout));
    sender.send(1).expect("the receiver is there");
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(format!("{sender:?} {receiver:?}"), "Sender { .. } Receiver { .. }");
}
