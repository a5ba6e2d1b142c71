//! A notification that comes before anybody listens.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tokio::sync::Notify;

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "notify",
    end: "deadlock",
    message: "nothing can run any more",
    preemptions: 1,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

/// Waits for five workers, and looks at their number too early.
///
/// # Panics
/// Never, for it is stuck before.
pub async fn body() {
    let left = Arc::new(AtomicU32::new(5));
    let done = Arc::new(Notify::new());
    for _ in 0..5 {
        let (left, done) = (Arc::clone(&left), Arc::clone(&done));
        tokio::spawn(async move {
            if left.fetch_sub(1, SeqCst) == 1 {
                done.notify_waiters();
            }
        });
    }
    while left.load(SeqCst) > 0 {
        done.notified().await;
    }
}
