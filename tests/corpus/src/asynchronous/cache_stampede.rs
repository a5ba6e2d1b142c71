//! Two requests for a key that is not in the cache both load it.
//!
//! The cache is looked at under one lock and filled under the next; loading lets the other task run, so
//! that no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "cache_stampede",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("the backend was asked twice"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};

    use tokio::sync::OnceCell;
    use tokio::task::yield_now;

    #[derive(Default)]
    struct Backend(AtomicU32);

    impl Backend {
        async fn load(&self, key: u32) -> u32 {
            assert_eq!(self.0.fetch_add(1, SeqCst), 0, "the backend was asked twice");
            yield_now().await;
            key * 2
        }
    }

    #[derive(Default)]
    struct Cache {
        values: Mutex<BTreeMap<u32, u32>>,
        cells: Mutex<BTreeMap<u32, Arc<OnceCell<u32>>>>,
        backend: Backend,
    }

    async fn get(cache: Arc<Cache>, key: u32) -> u32 {
        if let Some(&value) = cache.values.lock().unwrap().get(&key) {
            return value;
        }
        let value = cache.backend.load(key).await;
        cache.values.lock().unwrap().insert(key, value);
        value
    }

    async fn get_once(cache: Arc<Cache>, key: u32) -> u32 {
        let cell = Arc::clone(cache.cells.lock().unwrap().entry(key).or_default());
        *cell.get_or_init(async || cache.backend.load(key).await).await
    }

    pub(super) async fn buggy() {
        run(get).await;
    }

    pub(super) async fn correct() {
        run(get_once).await;
    }

    async fn run<F: Future<Output = u32> + Send + 'static>(get: fn(Arc<Cache>, u32) -> F) {
        let cache = Arc::new(Cache::default());
        let requests = [0, 1].map(|_| tokio::spawn(get(Arc::clone(&cache), 21)));
        for request in requests {
            assert_eq!(request.await.unwrap(), 42);
        }
    }
}
