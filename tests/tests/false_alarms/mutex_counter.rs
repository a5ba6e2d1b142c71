//! Tasks add to a number behind tokio's `Mutex`.
//! The mistake: the lock is released between reading and writing.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::suite::tasks;

async fn add(counter: Arc<Mutex<u32>>) {
    *counter.lock().await += 1;
}

async fn add_in_two_steps(counter: Arc<Mutex<u32>>) {
    let seen = *counter.lock().await;
    *counter.lock().await = seen + 1;
}

async fn count<F: Future<Output = ()> + Send + 'static>(add: fn(Arc<Mutex<u32>>) -> F) {
    let counter = Arc::new(Mutex::new(0));
    let adders: Vec<_> = (0..3).map(|_| tokio::spawn(add(Arc::clone(&counter)))).collect();
    for adder in adders {
        adder.await.expect("nobody aborts it");
    }
    assert_eq!(*counter.lock().await, 3, "an addition was lost");
}

#[test]
fn additions_under_one_lock_are_kept() {
    tasks(|| count(add)).passes();
}

#[test]
fn an_addition_under_two_locks_is_lost() {
    tasks(|| count(add_in_two_steps)).panics("an addition was lost");
}
