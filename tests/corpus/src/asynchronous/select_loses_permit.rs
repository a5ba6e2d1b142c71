//! A job gives its permit back by hand at its end, and `select!` cancels it before.
//!
//! Whoever needs all permits then waits for ever. It takes a cancellation while the job is at work; no
//! preemption.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "select_loses_permit",
    family: Family::Async,
    depth: 0,
    expected: Expected::Deadlock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;

    use tokio::sync::{Semaphore, oneshot};
    use tokio::task::yield_now;

    async fn job(limit: &Semaphore) {
        limit.acquire().await.unwrap().forget();
        yield_now().await;
        limit.add_permits(1);
    }

    async fn job_with_guard(limit: &Semaphore) {
        let _permit = limit.acquire().await.unwrap();
        yield_now().await;
    }

    pub(super) async fn buggy() {
        let limit = Arc::new(Semaphore::new(2));
        let (cancel, cancelled) = oneshot::channel();
        let worker = tokio::spawn({
            let limit = Arc::clone(&limit);
            async move {
                tokio::select! {
                    () = job(&limit) => {}
                    _ = cancelled => {}
                }
            }
        });
        finish(cancel, worker, &limit).await;
    }

    pub(super) async fn correct() {
        let limit = Arc::new(Semaphore::new(2));
        let (cancel, cancelled) = oneshot::channel();
        let worker = tokio::spawn({
            let limit = Arc::clone(&limit);
            async move {
                tokio::select! {
                    () = job_with_guard(&limit) => {}
                    _ = cancelled => {}
                }
            }
        });
        finish(cancel, worker, &limit).await;
    }

    async fn finish(cancel: oneshot::Sender<()>, worker: tokio::task::JoinHandle<()>, limit: &Semaphore) {
        yield_now().await;
        // The job may be over.
        let _ = cancel.send(());
        worker.await.unwrap();
        // Wait until all jobs have ended.
        drop(limit.acquire_many(2).await.unwrap());
    }
}
