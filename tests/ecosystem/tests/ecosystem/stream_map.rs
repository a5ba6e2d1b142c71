//! Streams merged in no particular order: an end that is told by one of them may come before the others' items.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{StreamExt, StreamMap};

async fn program(waits_for_all: bool) {
    let (data, items) = mpsc::channel(4);
    let (stop, stopped) = mpsc::channel(1);
    let mut streams = StreamMap::new();
    streams.insert("data", ReceiverStream::new(items));
    streams.insert("stop", ReceiverStream::new(stopped));
    let producer = tokio::spawn(async move {
        for item in 0..2 {
            data.send(item).await.unwrap();
        }
        stop.send(0).await.unwrap();
    });
    let mut got = 0;
    while let Some((from, _)) = streams.next().await {
        match from {
            "stop" if waits_for_all => {}
            "stop" => break,
            _ => got += 1,
        }
    }
    producer.await.unwrap();
    assert_eq!(got, 2, "an item was overtaken by the end");
}

#[coyote::test(isolate = "process", expect = "bug", message = "an item was overtaken by the end")]
async fn finds() {
    program(false).await;
}

#[coyote::test(isolate = "process", iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
