//! A slow computation is moved to a blocking thread.
//! The mistake: its result is read without waiting for it.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::suite::tasks;

async fn compute(wait: bool) {
    let cell = Arc::new(Mutex::new(None));
    let theirs = Arc::clone(&cell);
    let computation = spawn_blocking(move || {
        let sum: u32 = (1..=10).sum();
        *theirs.lock().expect("nobody panics") = Some(sum);
        "done"
    });
    if wait {
        assert_eq!(computation.await.expect("nobody aborts it"), "done");
    }
    let result = *cell.lock().expect("nobody panics");
    assert_eq!(result, Some(55), "the result was not there yet");
}

#[test]
fn the_result_is_there_after_joining() {
    tasks(|| async {
        tokio::join!(compute(true), compute(true));
    })
    .passes();
}

#[test]
fn without_joining_the_result_may_be_missing() {
    tasks(|| compute(false)).panics("the result was not there yet");
}
