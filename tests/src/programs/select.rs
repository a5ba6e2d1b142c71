//! A `select!` that drops what one of its branches has already received.

use tokio::sync::mpsc;

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "select",
    end: "failed",
    message: "messages were lost",
    preemptions: 1,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

/// Receives two messages at a time. Cancelled between the two, it loses the first.
async fn pair(receiver: &mut mpsc::Receiver<u32>) -> Option<(u32, u32)> {
    let first = receiver.recv().await?;
    let second = receiver.recv().await?;
    Some((first, second))
}

/// Counts the messages of two senders.
///
/// # Panics
/// Panics if some are lost.
pub async fn body() {
    let (send, mut receive) = mpsc::channel(2);
    let (tick, mut ticks) = mpsc::channel(2);
    let sender = tokio::spawn(async move {
        for message in 0..4 {
            send.send(message).await.expect("somebody listens");
        }
    });
    let ticker = tokio::spawn(async move {
        for _ in 0..2 {
            tick.send(()).await.expect("somebody listens");
        }
    });
    let mut received = 0;
    loop {
        tokio::select! {
            messages = pair(&mut receive) => match messages {
                Some(_) => received += 2,
                None => break,
            },
            Some(()) = ticks.recv() => {}
        }
    }
    sender.await.expect("the sender does not panic");
    ticker.await.expect("the ticker does not panic");
    assert_eq!(received, 4, "messages were lost");
}
