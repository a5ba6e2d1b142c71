//! `watch`.

use coyote_shim::tokio;
use tokio::sync::watch::channel;

use crate::measure::{Points, op};

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let (tx, mut rx) = channel(0);
        op!(counts, tokio::sync::watch::Sender::send(&tx, 1)).expect("a receiver");
        op!(counts, tokio::sync::watch::Sender::send_modify(&tx, |value| *value += 1));
        op!(counts, tokio::sync::watch::Sender::send_if_modified(&tx, |_| true));
        op!(counts, tokio::sync::watch::Sender::send_replace(&tx, 3));
        drop(op!(counts, tokio::sync::watch::Sender::borrow(&tx)));
        op!(counts, tokio::sync::watch::Sender::is_closed(&tx));
        op!(counts, tokio::sync::watch::Sender::receiver_count(&tx));
        op!(counts, tokio::sync::watch::Sender::sender_count(&tx));
        let other = op!(counts, tokio::sync::watch::Sender::subscribe(&tx));
        op!(counts, [tokio::sync::watch::Receiver: Drop] drop(other));
        let other = op!(counts, [tokio::sync::watch::Sender: Clone] tx.clone());
        op!(counts, [tokio::sync::watch::Sender: Drop] drop(other));
        drop(op!(counts, [tokio::sync::watch::Receiver: Clone] rx.clone()));

        op!(counts, tokio::sync::watch::Receiver::changed(&mut rx) await).expect("a sender");
        drop(op!(counts, tokio::sync::watch::Receiver::borrow(&rx)));
        drop(op!(counts, tokio::sync::watch::Receiver::borrow_and_update(&mut rx)));
        op!(counts, tokio::sync::watch::Receiver::has_changed(&rx)).expect("a sender");
        op!(counts, tokio::sync::watch::Receiver::is_closed(&rx));
        op!(counts, tokio::sync::watch::Receiver::mark_unchanged(&mut rx));
        drop(op!(counts, tokio::sync::watch::Receiver::wait_for(&mut rx, |_| true) await).expect("a sender"));
        drop(rx);
        op!(counts, tokio::sync::watch::Sender::closed(&tx) await);
    });
}
