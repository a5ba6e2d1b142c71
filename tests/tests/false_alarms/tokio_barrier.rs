//! Three tasks write, meet at tokio's `Barrier`, and read; one of them leads.
//! The mistake: the barrier is made for one more than come.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Barrier;

use crate::suite::tasks;

async fn meet(expected: usize) {
    let barrier = Arc::new(Barrier::new(expected));
    let written = Arc::new(AtomicU32::new(0));
    let mut members = Vec::new();
    for _ in 0..3 {
        let (barrier, written) = (Arc::clone(&barrier), Arc::clone(&written));
        members.push(tokio::spawn(async move {
            written.fetch_add(1, Ordering::SeqCst);
            let leads = barrier.wait().await.is_leader();
            assert_eq!(written.load(Ordering::SeqCst), 3, "read too early");
            leads
        }));
    }
    let mut leaders = 0;
    for member in members {
        leaders += u32::from(member.await.expect("a member panicked"));
    }
    assert_eq!(leaders, 1);
}

#[test]
fn a_barrier_for_all_opens_once() {
    tasks(|| meet(3)).passes();
}

#[test]
fn a_barrier_for_one_more_never_opens() {
    tasks(|| meet(4)).deadlocks();
}
