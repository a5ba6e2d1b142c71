//! A future that is first in a lock's queue is no longer polled, while its own task waits for that lock.
//!
//! `select!` by reference leaves it alive, and the other branch takes the lock. The holder passes the lock on to
//! the future that nobody polls. It takes a holder that is there first: one preemption, of
//! the task that has just spawned it. After Oxide's RFD 609.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "futurelock",
    family: Family::Async,
    depth: 1,
    expected: Expected::Deadlock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::pin::pin;
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::Mutex;
    use tokio::time::sleep;

    async fn add(total: &Mutex<u32>, number: u32) {
        *total.lock().await += number;
    }

    async fn hold(total: Arc<Mutex<u32>>) {
        let mut total = total.lock().await;
        sleep(Duration::from_millis(10)).await;
        *total += 1;
    }

    pub(super) async fn buggy() {
        let total = Arc::new(Mutex::new(0));
        let holder = tokio::spawn(hold(Arc::clone(&total)));
        let mut first = pin!(add(&total, 10));
        tokio::select! {
            () = &mut first => {}
            () = sleep(Duration::from_millis(5)) => add(&total, 100).await,
        }
        holder.await.unwrap();
    }

    pub(super) async fn correct() {
        let total = Arc::new(Mutex::new(0));
        let holder = tokio::spawn(hold(Arc::clone(&total)));
        let first = async {
            add(&total, 10).await;
            true
        };
        // The future is dropped before the other branch runs.
        let done = tokio::select! {
            done = first => done,
            () = sleep(Duration::from_millis(5)) => false,
        };
        if !done {
            add(&total, 100).await;
        }
        holder.await.unwrap();
    }
}
