//! A task that nobody joins panics.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "detached_panic",
    end: "failed",
    message: "half a pair was seen",
    preemptions: 1,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

/// A pair of numbers is written one after the other, while detached tasks look.
///
/// # Panics
/// Never: that is what its tasks do.
pub async fn body() {
    let pair = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
    for _ in 0..3 {
        let pair = Arc::clone(&pair);
        tokio::spawn(async move {
            let (left, right) = (pair[0].load(SeqCst), pair[1].load(SeqCst));
            assert_eq!(left, right, "half a pair was seen");
        });
    }
    for round in 1..3 {
        pair[0].store(round, SeqCst);
        pair[1].store(round, SeqCst);
        tokio::task::yield_now().await;
    }
}
