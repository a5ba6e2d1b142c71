//! At shutdown the logger is stopped before the workers that log to it.
//!
//! A worker that is not done by then cannot log any more, and panics. No preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "shutdown_drop_order",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("the logger is gone"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::sync::mpsc;
    use tokio::task::{JoinHandle, yield_now};

    async fn work(log: mpsc::Sender<String>) {
        yield_now().await;
        log.send("worked".to_owned()).await.expect("the logger is gone");
    }

    fn start() -> (JoinHandle<Vec<String>>, JoinHandle<()>) {
        let (log, mut lines) = mpsc::channel(4);
        let logger = tokio::spawn(async move {
            let mut written = Vec::new();
            while let Some(line) = lines.recv().await {
                written.push(line);
            }
            written
        });
        (logger, tokio::spawn(work(log)))
    }

    pub(super) async fn buggy() {
        let (logger, worker) = start();
        logger.abort();
        // Aborted, or done already.
        let _ = logger.await;
        worker.await.unwrap();
    }

    pub(super) async fn correct() {
        let (logger, worker) = start();
        worker.await.unwrap();
        assert_eq!(logger.await.unwrap(), ["worked"]);
    }
}
