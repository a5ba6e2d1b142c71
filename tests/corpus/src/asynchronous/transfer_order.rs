//! A transfer locks its source first and its target second.
//!
//! Two opposite ones wait for each other: one preemption.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "transfer_order",
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
    use std::sync::Arc;

    use tokio::sync::Mutex;

    type Accounts = Arc<[Mutex<i64>; 2]>;

    async fn transfer(accounts: Accounts, from: usize, to: usize) {
        let mut source = accounts[from].lock().await;
        let mut target = accounts[to].lock().await;
        *source -= 10;
        *target += 10;
    }

    async fn transfer_in_order(accounts: Accounts, from: usize, to: usize) {
        let mut low = accounts[from.min(to)].lock().await;
        let mut high = accounts[from.max(to)].lock().await;
        let (source, target) = if from < to { (&mut low, &mut high) } else { (&mut high, &mut low) };
        **source -= 10;
        **target += 10;
    }

    pub(super) async fn buggy() {
        run(transfer).await;
    }

    pub(super) async fn correct() {
        run(transfer_in_order).await;
    }

    async fn run<F: Future<Output = ()> + Send + 'static>(transfer: fn(Accounts, usize, usize) -> F) {
        let accounts = Accounts::new([Mutex::new(50), Mutex::new(50)]);
        let there = tokio::spawn(transfer(Arc::clone(&accounts), 0, 1));
        let back = tokio::spawn(transfer(Arc::clone(&accounts), 1, 0));
        there.await.unwrap();
        back.await.unwrap();
        assert_eq!(*accounts[0].lock().await, 50);
    }
}
