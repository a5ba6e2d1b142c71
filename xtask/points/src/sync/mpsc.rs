//! `mpsc`.

use std::task::{Context, Waker};
use std::time::Duration;

use coyote_shim::tokio;
use tokio::sync::mpsc::{channel, unbounded_channel};

use crate::measure::{Points, op};

/// What both receivers have.
macro_rules! receivers {
    ($counts:ident, $receiver:ident, $tx:ident, $rx:ident) => {{
        let mut cx = Context::from_waker(Waker::noop());
        let mut buffer = Vec::new();
        op!($counts, tokio::sync::mpsc::$receiver::is_closed(&$rx));
        op!($counts, tokio::sync::mpsc::$receiver::is_empty(&$rx));
        op!($counts, tokio::sync::mpsc::$receiver::len(&$rx));
        op!($counts, tokio::sync::mpsc::$receiver::sender_strong_count(&$rx));
        op!($counts, tokio::sync::mpsc::$receiver::sender_weak_count(&$rx));
        op!($counts, tokio::sync::mpsc::$receiver::try_recv(&mut $rx)).expect("sent");
        op!($counts, tokio::sync::mpsc::$receiver::recv(&mut $rx) await).expect("sent");
        op!($counts, tokio::sync::mpsc::$receiver::recv_many(&mut $rx, &mut buffer, 1) await);
        assert!(op!($counts, tokio::sync::mpsc::$receiver::poll_recv(&mut $rx, &mut cx)).is_ready());
        let polled =
            op!($counts, tokio::sync::mpsc::$receiver::poll_recv_many(&mut $rx, &mut cx, &mut buffer, 1));
        assert!(polled.is_ready());
        op!($counts, tokio::sync::mpsc::$receiver::close(&mut $rx));
    }};
}

/// What both senders have, and their weak ones.
macro_rules! senders {
    ($counts:ident, $sender:ident, $weak:ident, $tx:ident) => {{
        op!($counts, [tokio::sync::mpsc::$sender: Clone] $tx.clone());
        op!($counts, tokio::sync::mpsc::$sender::is_closed(&$tx));
        op!($counts, tokio::sync::mpsc::$sender::strong_count(&$tx));
        op!($counts, tokio::sync::mpsc::$sender::weak_count(&$tx));
        let weak = op!($counts, tokio::sync::mpsc::$sender::downgrade(&$tx));
        op!($counts, [tokio::sync::mpsc::$weak: Clone] weak.clone());
        op!($counts, tokio::sync::mpsc::$weak::strong_count(&weak));
        op!($counts, tokio::sync::mpsc::$weak::weak_count(&weak));
        op!($counts, tokio::sync::mpsc::$weak::upgrade(&weak)).expect("a sender is left");
        op!($counts, [tokio::sync::mpsc::$weak: Drop] drop(weak));
    }};
}

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let (tx, mut rx) = unbounded_channel();
        for number in 0..5 {
            op!(counts, tokio::sync::mpsc::UnboundedSender::send(&tx, number)).expect("open");
        }
        senders!(counts, UnboundedSender, WeakUnboundedSender, tx);
        receivers!(counts, UnboundedReceiver, tx, rx);
        op!(counts, tokio::sync::mpsc::UnboundedSender::closed(&tx) await);
    });
    points.count(|counts| async move {
        let (tx, mut rx) = channel(9);
        op!(counts, tokio::sync::mpsc::Sender::capacity(&tx));
        op!(counts, tokio::sync::mpsc::Receiver::capacity(&rx));
        op!(counts, tokio::sync::mpsc::Sender::send(&tx, 1) await).expect("open");
        op!(counts, tokio::sync::mpsc::Sender::try_send(&tx, 2)).expect("room");
        op!(counts, tokio::sync::mpsc::Sender::send_timeout(&tx, 3, Duration::ZERO) await).expect("room");
        let permit = op!(counts, tokio::sync::mpsc::Sender::reserve(&tx) await).expect("room");
        op!(counts, tokio::sync::mpsc::Permit::send(permit, 4));
        let permit = op!(counts, tokio::sync::mpsc::Sender::try_reserve(&tx)).expect("room");
        op!(counts, [tokio::sync::mpsc::Permit: Drop] drop(permit));
        let permits = op!(counts, tokio::sync::mpsc::Sender::reserve_many(&tx, 2) await).expect("room");
        op!(counts, [tokio::sync::mpsc::PermitIterator: Drop] drop(permits));
        drop(op!(counts, tokio::sync::mpsc::Sender::try_reserve_many(&tx, 2)).expect("room"));
        let permit = op!(counts, tokio::sync::mpsc::Sender::reserve_owned(tx.clone()) await).expect("room");
        op!(counts, tokio::sync::mpsc::OwnedPermit::send(permit, 5));
        let permit = op!(counts, tokio::sync::mpsc::Sender::try_reserve_owned(tx.clone())).expect("room");
        op!(counts, tokio::sync::mpsc::OwnedPermit::release(permit));
        let permit = tx.clone().reserve_owned().await.expect("room");
        op!(counts, [tokio::sync::mpsc::OwnedPermit: Drop] drop(permit));
        senders!(counts, Sender, WeakSender, tx);
        receivers!(counts, Receiver, tx, rx);
        op!(counts, tokio::sync::mpsc::Sender::closed(&tx) await);
    });
    points.count_in_thread(|counts| {
        let (tx, mut rx) = channel(2);
        let mut buffer = Vec::new();
        op!(counts, tokio::sync::mpsc::Sender::blocking_send(&tx, 1)).expect("room");
        op!(counts, tokio::sync::mpsc::Sender::blocking_send(&tx, 2)).expect("room");
        op!(counts, tokio::sync::mpsc::Receiver::blocking_recv(&mut rx)).expect("sent");
        op!(counts, tokio::sync::mpsc::Receiver::blocking_recv_many(&mut rx, &mut buffer, 1));
        let (tx, mut rx) = unbounded_channel();
        tx.send(1).expect("open");
        tx.send(2).expect("open");
        op!(counts, tokio::sync::mpsc::UnboundedReceiver::blocking_recv(&mut rx)).expect("sent");
        op!(counts, tokio::sync::mpsc::UnboundedReceiver::blocking_recv_many(&mut rx, &mut buffer, 1));
    });
}
