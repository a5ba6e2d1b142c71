//! A lookup has a time limit, after which a fallback is used.
//! The mistake: to be sure that a short lookup is always in time.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use tokio::time::{Duration, sleep, timeout};

use crate::suite::{Mode, tasks};

struct Open<'a>(&'a AtomicU32);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn look_up(open: Arc<AtomicU32>) -> u32 {
    open.fetch_add(1, Ordering::SeqCst);
    let _open = Open(&open);
    sleep(Duration::from_millis(1)).await;
    tokio::task::yield_now().await;
    5
}

async fn with_fallback(fallback: Option<u32>) {
    let open = Arc::new(AtomicU32::new(0));
    let found = timeout(Duration::from_millis(20), look_up(Arc::clone(&open))).await;
    assert_eq!(open.load(Ordering::SeqCst), 0, "the lookup is still open");
    let value = found.ok().or(fallback).expect("the lookup is always in time");
    assert!(value == 5 || Some(value) == fallback);
}

async fn two(fallback: Option<u32>) {
    let other = tokio::spawn(with_fallback(fallback));
    with_fallback(fallback).await;
    other.await.expect("a task panicked");
}

#[test]
fn a_late_lookup_is_dropped_and_replaced() {
    tasks(|| two(Some(0))).passes();
}

#[test]
fn a_short_lookup_may_be_late() {
    tasks(|| two(None)).under(Mode::Racing).panics("the lookup is always in time");
}
