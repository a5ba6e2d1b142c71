//! A sink that has reserved the only place of a channel, and waits for somebody who needs one too.

use std::future::poll_fn;

use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::PollSender;

async fn program(lets_go: bool) {
    let (sender, mut receiver) = mpsc::channel(1);
    let (signal, signalled) = oneshot::channel();
    let other = sender.clone();
    let first = tokio::spawn(async move {
        other.send("other").await.unwrap();
        signal.send(()).unwrap();
    });
    let mut sender = PollSender::new(sender);
    let second = tokio::spawn(async move {
        poll_fn(|cx| sender.poll_reserve(cx)).await.unwrap();
        if lets_go {
            sender.abort_send();
        }
        signalled.await.unwrap();
        poll_fn(|cx| sender.poll_reserve(cx)).await.unwrap();
        sender.send_item("own").unwrap();
    });
    let mut got = Vec::new();
    while let Some(item) = receiver.recv().await {
        got.push(item);
    }
    assert_eq!(got, ["other", "own"]);
    first.await.unwrap();
    second.await.unwrap();
}

#[coyote::test(expect = "bug", message = "deadlock")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
