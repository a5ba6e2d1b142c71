//! A value is loaded once into a cache behind tokio's `RwLock`.
//! The mistake: what was seen under the read lock is not looked at again under the write lock.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::RwLock;

use crate::suite::tasks;

#[derive(Default)]
struct Cache {
    value: Option<u32>,
    loads: u32,
}

type Shared = Arc<RwLock<Cache>>;

fn load(cache: &mut Cache) -> u32 {
    cache.loads += 1;
    cache.value = Some(17);
    17
}

async fn get(cache: Shared) -> u32 {
    if let Some(value) = cache.read().await.value {
        return value;
    }
    let mut cache = cache.write().await;
    if let Some(value) = cache.value {
        return value;
    }
    load(&mut cache)
}

async fn get_without_second_look(cache: Shared) -> u32 {
    if let Some(value) = cache.read().await.value {
        return value;
    }
    load(&mut *cache.write().await)
}

async fn use_it<F: Future<Output = u32> + Send + 'static>(get: fn(Shared) -> F) {
    let cache = Shared::default();
    let users = [0, 1].map(|_| tokio::spawn(get(Arc::clone(&cache))));
    for user in users {
        assert_eq!(user.await.expect("nobody aborts it"), 17);
    }
    let cache = cache.write().await.downgrade();
    assert_eq!(cache.loads, 1, "loaded twice");
}

#[test]
fn a_second_look_loads_once() {
    tasks(|| use_it(get)).passes();
}

#[test]
fn without_a_second_look_it_is_loaded_twice() {
    tasks(|| use_it(get_without_second_look)).panics("loaded twice");
}
