//! `oneshot`.

use std::task::{Context, Waker};

use coyote_shim::tokio;
use tokio::sync::oneshot::channel;

use crate::measure::{Points, op};

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let (tx, mut rx) = channel();
        op!(counts, tokio::sync::oneshot::Sender::is_closed(&tx));
        op!(counts, tokio::sync::oneshot::Receiver::is_empty(&rx));
        op!(counts, tokio::sync::oneshot::Receiver::try_recv(&mut rx)).expect_err("empty");
        op!(counts, tokio::sync::oneshot::Sender::send(tx, 1)).expect("open");
        op!(counts, [tokio::sync::oneshot::Receiver: Future] rx.await).expect("sent");

        let (mut tx, mut rx) = channel::<u8>();
        op!(counts, tokio::sync::oneshot::Receiver::close(&mut rx));
        op!(counts, tokio::sync::oneshot::Sender::closed(&mut tx) await);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(op!(counts, tokio::sync::oneshot::Sender::poll_closed(&mut tx, &mut cx)).is_ready());

        let (tx, rx) = channel::<u8>();
        op!(counts, [tokio::sync::oneshot::Sender: Drop] drop(tx));
        op!(counts, [tokio::sync::oneshot::Receiver: Drop] drop(rx));
    });
    points.count_in_thread(|counts| {
        let (tx, rx) = channel();
        tx.send(1).expect("open");
        op!(counts, tokio::sync::oneshot::Receiver::blocking_recv(rx)).expect("sent");
    });
}
