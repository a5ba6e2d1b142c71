//! An order among senders that nothing ensures.

use tokio::sync::mpsc;

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "mpsc",
    end: "failed",
    message: "a message after the last",
    preemptions: 0,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

#[derive(Debug, PartialEq, Eq)]
enum Message {
    Item(u32),
    Last,
}

/// Three workers send items, and whoever is done first says that it was the last.
///
/// # Panics
/// Panics if a message comes after the last.
pub async fn body() {
    let (send, mut receive) = mpsc::channel(2);
    for worker in 0..3 {
        let send = send.clone();
        tokio::spawn(async move {
            for item in 0..2 {
                if send.send(Message::Item(worker * 10 + item)).await.is_err() {
                    return;
                }
            }
            if worker == 2 {
                let _ = send.send(Message::Last).await;
            }
        });
    }
    drop(send);
    while let Some(message) = receive.recv().await {
        if message == Message::Last {
            break;
        }
    }
    assert_eq!(receive.recv().await, None, "a message after the last");
}
