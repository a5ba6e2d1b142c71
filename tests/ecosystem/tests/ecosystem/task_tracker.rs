//! A shutdown that waits for all tasks, those that tasks have spawned among them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::task::yield_now;
use tokio_util::task::TaskTracker;

async fn program(tracks_all: bool) {
    let tracker = TaskTracker::new();
    let ended = Arc::new(AtomicU32::new(0));
    for _ in 0..2 {
        let (inner, ended) = (tracker.clone(), Arc::clone(&ended));
        tracker.spawn(async move {
            let part = async move {
                yield_now().await;
                ended.fetch_add(1, Ordering::SeqCst);
            };
            if tracks_all {
                inner.spawn(part);
            } else {
                tokio::spawn(part);
            }
        });
    }
    tracker.close();
    tracker.wait().await;
    assert_eq!(ended.load(Ordering::SeqCst), 2, "a task outlives the shutdown");
}

#[coyote::test(expect = "bug", message = "a task outlives the shutdown")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
