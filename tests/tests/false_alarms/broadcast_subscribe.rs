//! Listeners each get a message of a `broadcast` channel.
//! The mistake: a listener subscribes once it runs, when the message may be gone.

use tokio::sync::broadcast;

use crate::suite::tasks;

async fn announce(subscribe_first: bool) {
    let (sender, first) = broadcast::channel(4);
    let mut listeners = Vec::new();
    for _ in 0..2 {
        let early = subscribe_first.then(|| first.resubscribe());
        let sender = sender.clone();
        listeners.push(tokio::spawn(async move {
            let mut news = early.unwrap_or_else(|| sender.subscribe());
            drop(sender);
            assert_eq!(news.recv().await.expect("the message was missed"), "hello");
        }));
    }
    drop(first);
    // Without a subscriber, the message goes to nobody.
    let _ = sender.send("hello");
    drop(sender);
    for listener in listeners {
        listener.await.expect("a listener panicked");
    }
}

#[test]
fn early_subscribers_hear_everything() {
    tasks(|| announce(true)).passes();
}

#[test]
fn late_subscribers_miss_the_message() {
    tasks(|| announce(false)).panics("the message was missed");
}
