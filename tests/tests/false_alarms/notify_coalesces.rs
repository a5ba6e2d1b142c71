//! Two things are announced to one task, which takes two.
//! The mistake: `notify_one` twice is one permit if nobody waited in between; a semaphore counts.

use std::sync::Arc;

use tokio::sync::{Notify, Semaphore};

use crate::suite::tasks;

async fn announce_by_semaphore() {
    let things = Arc::new(Semaphore::new(0));
    let taker = tokio::spawn({
        let things = Arc::clone(&things);
        async move {
            things.acquire().await.expect("not closed").forget();
            things.acquire().await.expect("not closed").forget();
        }
    });
    things.add_permits(1);
    things.add_permits(1);
    taker.await.expect("nobody aborts it");
}

async fn announce_by_notify() {
    let things = Arc::new(Notify::new());
    let taker = tokio::spawn({
        let things = Arc::clone(&things);
        async move {
            things.notified().await;
            things.notified().await;
        }
    });
    things.notify_one();
    things.notify_one();
    taker.await.expect("nobody aborts it");
}

#[test]
fn a_semaphore_counts() {
    tasks(announce_by_semaphore).passes();
}

#[test]
fn two_notifications_may_become_one() {
    tasks(announce_by_notify).deadlocks();
}
