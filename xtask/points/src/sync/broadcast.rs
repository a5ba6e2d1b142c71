//! `broadcast`.

use coyote_shim::tokio;
use tokio::sync::broadcast::channel;

use crate::measure::{Points, op};

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let (tx, mut rx) = channel(4);
        op!(counts, tokio::sync::broadcast::Sender::send(&tx, 1)).expect("a receiver");
        op!(counts, tokio::sync::broadcast::Sender::send(&tx, 2)).expect("a receiver");
        op!(counts, tokio::sync::broadcast::Sender::len(&tx));
        op!(counts, tokio::sync::broadcast::Sender::is_empty(&tx));
        op!(counts, tokio::sync::broadcast::Sender::receiver_count(&tx));
        op!(counts, tokio::sync::broadcast::Sender::strong_count(&tx));
        op!(counts, tokio::sync::broadcast::Sender::weak_count(&tx));
        let weak = op!(counts, tokio::sync::broadcast::Sender::downgrade(&tx));
        op!(counts, tokio::sync::broadcast::WeakSender::strong_count(&weak));
        op!(counts, tokio::sync::broadcast::WeakSender::weak_count(&weak));
        op!(counts, tokio::sync::broadcast::WeakSender::upgrade(&weak)).expect("a sender");
        drop(op!(counts, [tokio::sync::broadcast::WeakSender: Clone] weak.clone()));
        op!(counts, [tokio::sync::broadcast::WeakSender: Drop] drop(weak));
        let other = op!(counts, [tokio::sync::broadcast::Sender: Clone] tx.clone());
        op!(counts, [tokio::sync::broadcast::Sender: Drop] drop(other));
        let other = op!(counts, tokio::sync::broadcast::Sender::subscribe(&tx));
        op!(counts, [tokio::sync::broadcast::Receiver: Drop] drop(other));

        op!(counts, tokio::sync::broadcast::Receiver::recv(&mut rx) await).expect("sent");
        op!(counts, tokio::sync::broadcast::Receiver::try_recv(&mut rx)).expect("sent");
        op!(counts, tokio::sync::broadcast::Receiver::len(&rx));
        op!(counts, tokio::sync::broadcast::Receiver::is_empty(&rx));
        op!(counts, tokio::sync::broadcast::Receiver::is_closed(&rx));
        op!(counts, tokio::sync::broadcast::Receiver::sender_strong_count(&rx));
        op!(counts, tokio::sync::broadcast::Receiver::sender_weak_count(&rx));
        drop(op!(counts, tokio::sync::broadcast::Receiver::resubscribe(&rx)));
        drop(rx);
        op!(counts, tokio::sync::broadcast::Sender::closed(&tx) await);
    });
    points.count_in_thread(|counts| {
        let (tx, mut rx) = channel(4);
        tx.send(1).expect("a receiver");
        op!(counts, tokio::sync::broadcast::Receiver::blocking_recv(&mut rx)).expect("sent");
    });
}
