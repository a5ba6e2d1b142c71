//! A subscriber that may be too slow, and is told so in between.

use tokio::sync::broadcast;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError::Lagged;

const SENT: u64 = 4;

async fn program(goes_on: bool) {
    let (sender, receiver) = broadcast::channel(2);
    let reader = tokio::spawn(async move {
        let mut stream = BroadcastStream::new(receiver);
        let (mut last, mut seen) = (0, 0);
        while let Some(item) = stream.next().await {
            match item {
                Ok(item) => (last, seen) = (item, seen + 1),
                Err(Lagged(missed)) if goes_on => seen += missed,
                Err(Lagged(_)) => break,
            }
        }
        (last, seen)
    });
    for item in 1..=SENT {
        sender.send(item).unwrap();
        tokio::task::yield_now().await;
    }
    drop(sender);
    assert_eq!(reader.await.unwrap(), (SENT, SENT), "the reader gave up when it lagged");
}

#[coyote::test(expect = "bug", message = "the reader gave up when it lagged")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
