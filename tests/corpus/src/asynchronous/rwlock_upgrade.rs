//! A cache is refreshed under the write lock while the read lock that found it stale is still held.
//!
//! Only the task that finds it stale does so, and it waits for itself. Whether that is ever the case depends
//! on who comes first; no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "rwlock_upgrade",
    family: Family::Async,
    depth: 0,
    expected: Expected::Deadlock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;

    use tokio::sync::RwLock;

    #[derive(Default)]
    struct Entry {
        version: u32,
    }

    async fn refresh(entry: Arc<RwLock<Entry>>, wanted: u32) {
        let current = entry.read().await;
        if current.version < wanted {
            entry.write().await.version = wanted;
        }
    }

    async fn refresh_in_turn(entry: Arc<RwLock<Entry>>, wanted: u32) {
        let is_stale = entry.read().await.version < wanted;
        if is_stale {
            let mut entry = entry.write().await;
            entry.version = entry.version.max(wanted);
        }
    }

    pub(super) async fn buggy() {
        run(refresh).await;
    }

    pub(super) async fn correct() {
        run(refresh_in_turn).await;
    }

    async fn run<F: Future<Output = ()> + Send + 'static>(refresh: fn(Arc<RwLock<Entry>>, u32) -> F) {
        let entry = Arc::new(RwLock::new(Entry::default()));
        let publisher = tokio::spawn({
            let entry = Arc::clone(&entry);
            async move { entry.write().await.version = 1 }
        });
        let reader = tokio::spawn(refresh(Arc::clone(&entry), 1));
        publisher.await.unwrap();
        reader.await.unwrap();
    }
}
