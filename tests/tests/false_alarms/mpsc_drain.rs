//! A consumer takes all there is of an unbounded channel without waiting, then waits for more.
//! The mistake: `Empty` is taken for the end.

use tokio::sync::mpsc::{self, UnboundedReceiver, error::TryRecvError};

use crate::suite::tasks;

async fn wait_when_empty(receiver: &mut UnboundedReceiver<u32>) -> Option<u32> {
    match receiver.try_recv() {
        Ok(number) => Some(number),
        Err(TryRecvError::Empty) => receiver.recv().await,
        Err(TryRecvError::Disconnected) => None,
    }
}

async fn stop_when_empty(receiver: &mut UnboundedReceiver<u32>) -> Option<u32> {
    receiver.try_recv().ok()
}

async fn drain(next: impl AsyncFn(&mut UnboundedReceiver<u32>) -> Option<u32>) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let producer = tokio::spawn(async move {
        for number in 1..=3 {
            sender.send(number).expect("the receiver is there");
        }
    });
    let mut numbers = Vec::new();
    while let Some(number) = next(&mut receiver).await {
        numbers.push(number);
    }
    assert_eq!(numbers, [1, 2, 3], "not all arrived");
    producer.await.expect("nobody aborts it");
}

#[test]
fn an_empty_channel_is_waited_for() {
    tasks(|| drain(wait_when_empty)).passes();
}

#[test]
fn an_empty_channel_is_not_the_end() {
    tasks(|| drain(stop_when_empty)).panics("not all arrived");
}
