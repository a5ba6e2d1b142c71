use std::sync::Arc;
use tokio::sync::Mutex;

async fn transfer(from: Arc<Mutex<i64>>, to: Arc<Mutex<i64>>, amount: i64) {
    let mut from = from.lock().await;
    let mut to = to.lock().await;
    *from -= amount;
    *to += amount;
}

#[coyote::test]
#[ignore = "fails: the book shows how"]
async fn two_transfers_end() {
    let ada = Arc::new(Mutex::new(100));
    let grace = Arc::new(Mutex::new(100));
    let there = tokio::spawn(transfer(ada.clone(), grace.clone(), 10));
    let back = tokio::spawn(transfer(grace.clone(), ada.clone(), 20));
    there.await.unwrap();
    back.await.unwrap();
    assert_eq!(*ada.lock().await, 110);
}
