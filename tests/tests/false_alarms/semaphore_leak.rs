//! A pool of two connections, guarded by a semaphore.
//! The mistake: on the path of an error the permit is forgotten instead of dropped.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, yield_now};

use crate::suite::tasks;

async fn query(pool: Arc<Semaphore>, open: Arc<AtomicU32>, number: u32, leak: bool) {
    let permit = pool.acquire().await.expect("the pool is not closed");
    assert!(open.fetch_add(1, Ordering::SeqCst) < 2, "too many connections");
    yield_now().await;
    open.fetch_sub(1, Ordering::SeqCst);
    let failed = number < 2;
    if failed && leak {
        permit.forget();
    }
}

async fn queries(leak: bool) {
    let (pool, open) = (Arc::new(Semaphore::new(2)), Arc::new(AtomicU32::new(0)));
    let mut set = JoinSet::new();
    for number in 0..4 {
        set.spawn(query(Arc::clone(&pool), Arc::clone(&open), number, leak));
    }
    while let Some(result) = set.join_next().await {
        result.expect("nobody aborts it");
    }
    assert_eq!(pool.available_permits(), 2);
}

#[test]
fn permits_come_back_when_dropped() {
    tasks(|| queries(false)).passes();
}

#[test]
fn forgotten_permits_starve_the_rest() {
    tasks(|| queries(true)).deadlocks();
}
