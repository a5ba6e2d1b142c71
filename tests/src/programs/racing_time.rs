//! A timer that fires on a slow machine before what should have come first.

use std::sync::Arc;
use std::time::Duration;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use tokio::time::sleep;

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "racing_time",
    end: "failed",
    message: "given up too early",
    preemptions: 0,
    configure: |config| config.time(coyote::Time::Racing),
    body: Body::Async(|| Box::pin(body())),
};

/// Gives the workers a second for what takes no time.
///
/// # Panics
/// Panics if they did not make it.
pub async fn body() {
    let done = Arc::new(AtomicU32::new(0));
    for _ in 0..3 {
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            for _ in 0..2 {
                tokio::task::yield_now().await;
                done.fetch_add(1, SeqCst);
            }
        });
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(done.load(SeqCst), 6, "given up too early");
}
