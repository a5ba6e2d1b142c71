//! A worker puts a job that has failed back into the bounded queue that it alone empties.
//!
//! If the queue is full, it waits for itself. It takes a producer that is ahead; no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "requeue_full",
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
    use std::collections::VecDeque;

    use tokio::sync::mpsc;
    use tokio::task::yield_now;

    const JOBS: usize = 3;

    #[derive(Clone, Copy)]
    struct Job {
        number: usize,
        attempts: u32,
    }

    /// Job 0 fails the first time.
    async fn attempt(job: Job) -> bool {
        yield_now().await;
        job.number > 0 || job.attempts > 0
    }

    async fn work(mut jobs: mpsc::Receiver<Job>, requeue: mpsc::Sender<Job>) {
        let mut done = 0;
        while done < JOBS {
            let Some(job) = jobs.recv().await else { return };
            if attempt(job).await {
                done += 1;
            } else {
                let again = Job { attempts: job.attempts + 1, ..job };
                requeue.send(again).await.expect("the worker is itself");
            }
        }
    }

    async fn work_with_backlog(mut jobs: mpsc::Receiver<Job>) {
        let (mut done, mut backlog) = (0, VecDeque::new());
        while done < JOBS {
            let job = match backlog.pop_front() {
                Some(job) => job,
                None => jobs.recv().await.expect("jobs are to come"),
            };
            if attempt(job).await {
                done += 1;
            } else {
                backlog.push_back(Job { attempts: job.attempts + 1, ..job });
            }
        }
    }

    async fn produce(queue: mpsc::Sender<Job>) {
        for number in 0..JOBS {
            queue.send(Job { number, attempts: 0 }).await.expect("the worker is there");
        }
    }

    pub(super) async fn buggy() {
        let (queue, jobs) = mpsc::channel(1);
        let worker = tokio::spawn(work(jobs, queue.clone()));
        produce(queue).await;
        worker.await.unwrap();
    }

    pub(super) async fn correct() {
        let (queue, jobs) = mpsc::channel(1);
        let worker = tokio::spawn(work_with_backlog(jobs));
        produce(queue).await;
        worker.await.unwrap();
    }
}
