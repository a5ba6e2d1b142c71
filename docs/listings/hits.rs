use std::sync::Arc;
use tokio::sync::Mutex;

struct Hits {
    total: Mutex<u32>,
}

impl Hits {
    async fn count(&self) {
        let seen = *self.total.lock().await;
        *self.total.lock().await = seen + 1;
    }
}

#[coyote::test]
#[ignore = "fails: the book shows how"]
async fn no_hit_is_lost() {
    let hits = Arc::new(Hits { total: Mutex::new(0) });
    let other = tokio::spawn({
        let hits = hits.clone();
        async move { hits.count().await }
    });
    hits.count().await;
    other.await.unwrap();
    assert_eq!(*hits.total.lock().await, 2);
}
