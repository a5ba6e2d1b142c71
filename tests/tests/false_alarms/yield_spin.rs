//! A task polls a flag with `yield_now` while another is busy.
//! The mistake: it gives up after some rounds, which say nothing about time.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::yield_now;

use crate::suite::tasks;

async fn poll_flag(rounds: Option<u32>) {
    let ready = Arc::new(AtomicBool::new(false));
    let setter = tokio::spawn({
        let ready = Arc::clone(&ready);
        async move {
            for _ in 0..3 {
                yield_now().await;
            }
            ready.store(true, Ordering::SeqCst);
        }
    });
    let mut round = 0;
    while !ready.load(Ordering::SeqCst) {
        assert!(rounds.is_none_or(|rounds| round < rounds), "not ready after so many rounds");
        round += 1;
        yield_now().await;
    }
    setter.await.expect("nobody aborts it");
}

#[test]
fn polling_with_yields_ends() {
    tasks(|| poll_flag(None)).passes();
}

#[test]
fn a_number_of_rounds_is_no_time() {
    tasks(|| poll_flag(Some(5))).panics("not ready after so many rounds");
}
