//! Progress is shown from a `watch` channel.
//! The mistake: to expect every value, where only the last is kept.

use tokio::sync::watch;

use crate::suite::tasks;

async fn values_seen() -> Vec<u32> {
    let (sender, mut receiver) = watch::channel(0);
    let job = tokio::spawn(async move {
        for percent in [50, 100] {
            sender.send(percent).expect("the receiver is there");
        }
    });
    let mut seen = Vec::new();
    while receiver.changed().await.is_ok() {
        seen.push(*receiver.borrow_and_update());
    }
    assert!(!receiver.has_changed().is_ok_and(|changed| changed));
    job.await.expect("nobody aborts it");
    seen
}

async fn expect_the_last() {
    let seen = values_seen().await;
    assert!(seen.is_sorted());
    assert_eq!(seen.last(), Some(&100));
}

async fn expect_all() {
    assert_eq!(values_seen().await, [50, 100], "a value was skipped");
}

#[test]
fn the_last_value_is_always_seen() {
    tasks(expect_the_last).passes();
}

#[test]
fn values_in_between_may_be_skipped() {
    tasks(expect_all).panics("a value was skipped");
}
