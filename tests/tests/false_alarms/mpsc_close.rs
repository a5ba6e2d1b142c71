//! Producers send on an `mpsc` channel; the consumer takes what comes until all senders are gone.
//! The mistake: the consumer itself holds on to a sender.

use tokio::sync::mpsc;

use crate::suite::tasks;

async fn consume(keep_sender: bool) {
    let (sender, mut receiver) = mpsc::channel(2);
    for producer in 0..2u32 {
        let sender = sender.clone();
        tokio::spawn(async move {
            for number in 0..2 {
                sender.send(10 * producer + number).await.expect("the receiver is there");
            }
        });
    }
    let kept = keep_sender.then_some(sender);
    let mut sum = 0;
    while let Some(number) = receiver.recv().await {
        sum += number;
    }
    assert_eq!(sum, 22);
    drop(kept);
}

#[test]
fn the_channel_ends_with_its_last_sender() {
    tasks(|| consume(false)).passes();
}

#[test]
fn a_kept_sender_keeps_the_channel_open() {
    tasks(|| consume(true)).deadlocks();
}
