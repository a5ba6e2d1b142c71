//! A timeout that is as long as the work it waits for.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, oneshot};
use tokio::time::{sleep, timeout};

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "timeout",
    end: "failed",
    message: "an answer came too late",
    preemptions: 0,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

/// Asks three servers, which share a log, and gives each as much time as it needs.
///
/// # Panics
/// Panics if one answers too late.
pub async fn body() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let (answers, servers): (Vec<_>, Vec<_>) = (0..3)
        .map(|server| {
            let (send, answer) = oneshot::channel();
            let log = Arc::clone(&log);
            let server = tokio::spawn(async move {
                sleep(Duration::from_millis(20)).await;
                log.lock().await.push(server);
                let _ = send.send(server);
            });
            (answer, server)
        })
        .unzip();
    for answer in answers {
        let answer = timeout(Duration::from_millis(20), answer).await;
        assert!(answer.is_ok(), "an answer came too late");
    }
    for server in servers {
        server.await.expect("a server does not panic");
    }
}
