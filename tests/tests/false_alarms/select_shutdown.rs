//! A worker serves jobs until it is told to stop.
//! The mistake: jobs that were accepted and are still in the queue are left there.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};

use crate::suite::tasks;

async fn work(mut jobs: mpsc::Receiver<u32>, stop: Arc<Notify>, drain: bool) -> u32 {
    let mut done = 0;
    loop {
        tokio::select! {
            job = jobs.recv() => match job {
                Some(_) => done += 1,
                None => return done,
            },
            () = stop.notified() => break,
        }
    }
    jobs.close();
    while drain && jobs.recv().await.is_some() {
        done += 1;
    }
    done
}

async fn stop_while_busy(drain: bool) {
    let (sender, jobs) = mpsc::channel(4);
    let stop = Arc::new(Notify::new());
    let worker = tokio::spawn(work(jobs, Arc::clone(&stop), drain));
    let stopper = tokio::spawn(async move { stop.notify_one() });
    let mut accepted = 0;
    for job in 0..3 {
        accepted += u32::from(sender.send(job).await.is_ok());
    }
    stopper.await.expect("nobody aborts it");
    drop(sender);
    assert_eq!(worker.await.expect("nobody aborts it"), accepted, "a job was left");
}

#[test]
fn a_worker_that_drains_its_queue_leaves_nothing() {
    tasks(|| stop_while_busy(true)).passes();
}

#[test]
fn a_worker_that_stops_at_once_leaves_jobs() {
    tasks(|| stop_while_busy(false)).panics("a job was left");
}
