//! A job is aborted while it may be ending already.
//! The mistake: to believe that `abort` always comes first.

use std::future::Future;
use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use tokio::task::{JoinHandle, yield_now};

use crate::suite::tasks;

async fn accept_either(job: JoinHandle<u32>, done: Arc<AtomicU32>) {
    match job.await {
        Ok(result) => assert_eq!((result, done.load(Ordering::SeqCst)), (7, 1)),
        Err(error) => {
            assert!(error.is_cancelled());
            assert_eq!(done.load(Ordering::SeqCst), 0, "cancelled, and done all the same");
        }
    }
}

async fn expect_cancelled(job: JoinHandle<u32>, _done: Arc<AtomicU32>) {
    assert!(job.await.is_err_and(|error| error.is_cancelled()), "the job was not cancelled");
}

async fn start_and_abort<F: Future<Output = ()>>(finish: fn(JoinHandle<u32>, Arc<AtomicU32>) -> F) {
    let done = Arc::new(AtomicU32::new(0));
    let job = tokio::spawn({
        let done = Arc::clone(&done);
        async move {
            yield_now().await;
            done.fetch_add(1, Ordering::SeqCst);
            7
        }
    });
    let handle = job.abort_handle();
    let aborter = tokio::spawn(async move { handle.abort() });
    finish(job, done).await;
    aborter.await.expect("nobody aborts it");
}

#[test]
fn a_job_that_ended_before_the_abort_is_accepted() {
    tasks(|| start_and_abort(accept_either)).passes();
}

#[test]
fn a_job_may_end_before_the_abort() {
    tasks(|| start_and_abort(expect_cancelled)).panics("the job was not cancelled");
}
