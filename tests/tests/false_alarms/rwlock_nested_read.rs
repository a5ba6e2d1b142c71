//! A total is computed under tokio's `RwLock`.
//! The mistake: a second read lock is taken while the first is held. A writer that queues between the two
//! is waited for, and waits.

use std::sync::Arc;

use tokio::sync::RwLock;

use crate::suite::tasks;

type Prices = RwLock<Vec<u32>>;

fn sum(prices: &[u32]) -> u32 {
    prices.iter().sum()
}

async fn sum_of_locked(prices: &Prices) -> u32 {
    prices.read().await.iter().sum()
}

async fn total(prices: Arc<Prices>) -> u32 {
    let prices = prices.read().await;
    if prices.is_empty() { 0 } else { sum(&prices) }
}

async fn total_with_nested_lock(prices: Arc<Prices>) -> u32 {
    let outer = prices.read().await;
    if outer.is_empty() { 0 } else { sum_of_locked(&prices).await }
}

async fn shop<F: Future<Output = u32> + Send + 'static>(total: fn(Arc<Prices>) -> F) {
    let prices = Arc::new(RwLock::new(vec![1, 2]));
    let reader = tokio::spawn(total(Arc::clone(&prices)));
    prices.write().await.push(3);
    let total = reader.await.expect("nobody aborts it");
    assert!(total == 3 || total == 6);
}

#[test]
fn one_read_lock_lets_writers_in_between() {
    tasks(|| shop(total)).passes();
}

#[test]
fn a_read_lock_within_another_deadlocks_with_a_writer() {
    tasks(|| shop(total_with_nested_lock)).deadlocks();
}
