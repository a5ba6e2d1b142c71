//! Money is moved between two accounts, each behind tokio's `Mutex`.
//! The mistake: each transfer locks its source first, so two opposite ones wait for each other.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::suite::tasks;

type Bank = Arc<[Mutex<i64>; 2]>;

async fn move_in_order(bank: Bank, from: usize, to: usize) {
    let mut low = bank[from.min(to)].lock().await;
    let mut high = bank[from.max(to)].lock().await;
    let (source, target) = if from < to { (&mut low, &mut high) } else { (&mut high, &mut low) };
    **source -= 10;
    **target += 10;
}

async fn move_source_first(bank: Bank, from: usize, to: usize) {
    let mut source = bank[from].lock().await;
    let mut target = bank[to].lock().await;
    *source -= 10;
    *target += 10;
}

async fn transfers<F: Future<Output = ()> + Send + 'static>(transfer: fn(Bank, usize, usize) -> F) {
    let bank = Bank::new([Mutex::new(50), Mutex::new(50)]);
    let there = tokio::spawn(transfer(Arc::clone(&bank), 0, 1));
    let back = tokio::spawn(transfer(Arc::clone(&bank), 1, 0));
    let (there, back) = tokio::join!(there, back);
    there.and(back).expect("nobody aborts them");
    assert_eq!(*bank[0].lock().await + *bank[1].lock().await, 100);
}

#[test]
fn one_order_of_locks_is_safe() {
    tasks(|| transfers(move_in_order)).passes();
}

#[test]
fn opposite_orders_of_locks_deadlock() {
    tasks(|| transfers(move_source_first)).deadlocks();
}
