//! A balance is checked under one lock and changed under the next, with an `.await` between.
//!
//! Two withdrawals both pass the check; the audit between the two lets another task run, so that no preemption is
//! needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "check_then_act",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("the account is overdrawn"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;

    use tokio::sync::Mutex;
    use tokio::task::yield_now;

    async fn audit() {
        yield_now().await;
    }

    async fn withdraw(balance: Arc<Mutex<i64>>, amount: i64) -> bool {
        if *balance.lock().await < amount {
            return false;
        }
        audit().await;
        *balance.lock().await -= amount;
        true
    }

    async fn withdraw_at_once(balance: Arc<Mutex<i64>>, amount: i64) -> bool {
        let mut balance = balance.lock().await;
        if *balance < amount {
            return false;
        }
        audit().await;
        *balance -= amount;
        true
    }

    pub(super) async fn buggy() {
        run(withdraw).await;
    }

    pub(super) async fn correct() {
        run(withdraw_at_once).await;
    }

    async fn run<F>(withdraw: fn(Arc<Mutex<i64>>, i64) -> F)
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let balance = Arc::new(Mutex::new(100));
        let rent = tokio::spawn(withdraw(Arc::clone(&balance), 80));
        let food = tokio::spawn(withdraw(Arc::clone(&balance), 30));
        rent.await.unwrap();
        food.await.unwrap();
        assert!(*balance.lock().await >= 0, "the account is overdrawn");
    }
}
