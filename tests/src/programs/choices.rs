//! Drawn values, and a mistake in what is done for some of them.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "choices",
    end: "failed",
    message: "fewer attempts than failures",
    preemptions: 1,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

/// Tries several times to reach servers that answer or do not, and counts wrongly.
///
/// # Panics
/// Panics if the counts do not fit.
pub async fn body() {
    let attempts = Arc::new(AtomicU32::new(0));
    let failures = Arc::new(AtomicU32::new(0));
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let (attempts, failures) = (Arc::clone(&attempts), Arc::clone(&failures));
            tokio::spawn(async move {
                let retries = coyote::random_range(1..4);
                for _ in 0..retries {
                    let seen = attempts.load(SeqCst);
                    attempts.store(seen + 1, SeqCst);
                    if coyote::random_bool() {
                        return coyote::choose(5);
                    }
                    failures.fetch_add(1, SeqCst);
                }
                5
            })
        })
        .collect();
    for client in clients {
        assert!(client.await.expect("a client does not panic") <= 5);
    }
    assert!(attempts.load(SeqCst) >= failures.load(SeqCst), "fewer attempts than failures");
}
