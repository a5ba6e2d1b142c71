//! A worker takes jobs from a bounded queue, and each leads to another job.
//! The mistake: the worker waits for room in the queue that only it empties.

use tokio::sync::mpsc::{self, Sender, error::TrySendError};

use crate::suite::tasks;

struct Job {
    follow_up: bool,
}

async fn queue_or_do(sender: &Sender<Job>, done: &mut u32) {
    match sender.try_send(Job { follow_up: false }) {
        Ok(()) => {}
        Err(TrySendError::Full(_)) => *done += 1,
        Err(TrySendError::Closed(_)) => unreachable!("the worker holds the receiver"),
    }
}

async fn queue(sender: &Sender<Job>, _done: &mut u32) {
    assert!(sender.send(Job { follow_up: false }).await.is_ok());
}

async fn work(follow_up: impl AsyncFn(&Sender<Job>, &mut u32)) {
    let (sender, mut receiver) = mpsc::channel(2);
    let producer = tokio::spawn({
        let sender = sender.clone();
        async move {
            for _ in 0..3 {
                assert!(sender.send(Job { follow_up: true }).await.is_ok());
            }
        }
    });
    let mut done = 0;
    while done < 6 {
        let job = receiver.recv().await.expect("a sender is here");
        done += 1;
        if job.follow_up {
            follow_up(&sender, &mut done).await;
        }
    }
    producer.await.expect("nobody aborts it");
}

#[test]
fn work_that_finds_no_room_is_done_at_once() {
    tasks(|| work(queue_or_do)).passes();
}

#[test]
fn waiting_for_room_in_ones_own_queue_deadlocks() {
    tasks(|| work(queue)).deadlocks();
}
