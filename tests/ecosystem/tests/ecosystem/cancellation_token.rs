//! A worker that stops on cancellation, and must have done all jobs that were accepted before.

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

async fn worker(token: CancellationToken, mut jobs: mpsc::Receiver<u32>, drains: bool) -> u32 {
    let mut done = 0;
    loop {
        tokio::select! {
            () = token.cancelled() => break,
            Some(_) = jobs.recv() => done += 1,
        }
    }
    if drains {
        jobs.close();
        while jobs.recv().await.is_some() {
            done += 1;
        }
    }
    done
}

async fn program(drains: bool) {
    let token = CancellationToken::new();
    let (sender, jobs) = mpsc::channel(4);
    let worker = tokio::spawn(worker(token.child_token(), jobs, drains));
    for job in 0..3 {
        sender.send(job).await.unwrap();
    }
    token.cancel();
    assert_eq!(worker.await.unwrap(), 3, "a job was accepted, and not done");
}

#[coyote::test(expect = "bug", message = "a job was accepted, and not done")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
