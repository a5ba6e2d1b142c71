//! A value that is fetched once, by whoever needs it first, and that the others wait for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use tokio::sync::Mutex;
use tokio::task::yield_now;

#[derive(Default)]
struct Cache {
    fetch: Mutex<Option<Shared<BoxFuture<'static, u32>>>>,
    fetches: Arc<AtomicU32>,
}

impl Cache {
    fn fetching(&self) -> Shared<BoxFuture<'static, u32>> {
        let fetches = Arc::clone(&self.fetches);
        let fetch = async move {
            fetches.fetch_add(1, Ordering::SeqCst);
            yield_now().await;
            7
        };
        fetch.boxed().shared()
    }

    async fn get(&self, in_one: bool) -> u32 {
        if in_one {
            let fetch = self.fetch.lock().await.get_or_insert_with(|| self.fetching()).clone();
            return fetch.await;
        }
        let known = self.fetch.lock().await.clone();
        let fetch = match known {
            Some(fetch) => fetch,
            None => {
                let fetch = self.fetching();
                *self.fetch.lock().await = Some(fetch.clone());
                fetch
            }
        };
        fetch.await
    }
}

async fn program(in_one: bool) {
    let cache = Arc::new(Cache::default());
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.get(in_one).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 7);
    }
    assert_eq!(cache.fetches.load(Ordering::SeqCst), 1, "it was fetched twice");
}

#[coyote::test(expect = "bug", message = "it was fetched twice")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
