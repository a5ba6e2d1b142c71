//! One task writes and reads at once, with `join!`.
//! The mistake: the writer keeps the lock while it waits for room, which only the reader, who wants the
//! lock, would make.

use tokio::sync::{Mutex, mpsc};

use crate::suite::tasks;

async fn copy(keep_lock: bool) {
    let log = Mutex::new(Vec::new());
    let (sender, mut receiver) = mpsc::channel(1);
    let write = async {
        for number in 0..3u32 {
            let mut guard = log.lock().await;
            guard.push(number);
            let guard = keep_lock.then_some(guard);
            sender.send(number).await.expect("the reader is there");
            drop(guard);
        }
        drop(sender);
    };
    let read = async {
        let mut read = 0;
        loop {
            let written = log.lock().await.len();
            assert!(read <= written);
            match receiver.recv().await {
                Some(_) => read += 1,
                None => break read,
            }
        }
    };
    let ((), read) = tokio::join!(write, read);
    assert_eq!(read, 3);
}

#[test]
fn branches_that_let_go_of_the_lock_go_on() {
    tasks(|| async {
        let other = tokio::spawn(copy(false));
        copy(false).await;
        other.await.expect("nobody aborts it");
    })
    .passes();
}

#[test]
fn a_lock_kept_while_waiting_for_the_other_branch_deadlocks() {
    tasks(|| copy(true)).deadlocks();
}
