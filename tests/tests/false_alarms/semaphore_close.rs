//! A semaphore is closed to send workers home.
//! The mistake: workers take it for granted that they get a permit.

use std::sync::Arc;

use tokio::sync::{Semaphore, TryAcquireError};

use crate::suite::tasks;

async fn work_until_closed(gate: Arc<Semaphore>) -> u32 {
    match gate.acquire().await {
        Ok(permit) => {
            permit.forget();
            1
        }
        Err(_) => 0,
    }
}

async fn work_for_sure(gate: Arc<Semaphore>) -> u32 {
    gate.acquire().await.expect("the gate is never closed").forget();
    1
}

async fn day<F: Future<Output = u32> + Send + 'static>(work: fn(Arc<Semaphore>) -> F) {
    let gate = Arc::new(Semaphore::new(1));
    let workers = [0, 1].map(|_| tokio::spawn(work(Arc::clone(&gate))));
    gate.add_permits(1);
    gate.close();
    assert!(matches!(gate.try_acquire(), Err(TryAcquireError::Closed)));
    let mut worked = 0;
    for worker in workers {
        worked += worker.await.expect("a worker panicked");
    }
    assert!(worked <= 2 && gate.is_closed());
}

#[test]
fn workers_that_look_go_home() {
    tasks(|| day(work_until_closed)).passes();
}

#[test]
fn workers_that_do_not_look_panic() {
    tasks(|| day(work_for_sure)).panics("the gate is never closed");
}
