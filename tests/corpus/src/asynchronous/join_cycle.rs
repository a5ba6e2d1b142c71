//! A registry of tasks is locked while they are joined, and each task locks it at its end.
//!
//! It takes a task that is not through when shutdown begins; no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "join_cycle",
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

    use tokio::sync::Mutex;
    use tokio::task::{JoinHandle, yield_now};

    #[derive(Default)]
    struct Registry {
        handles: Vec<JoinHandle<()>>,
        active: u32,
    }

    type Shared = Arc<Mutex<Registry>>;

    async fn work(registry: Shared) {
        yield_now().await;
        registry.lock().await.active -= 1;
    }

    async fn start(registry: &Shared) {
        let handle = tokio::spawn(work(Arc::clone(registry)));
        let mut registry = registry.lock().await;
        registry.handles.push(handle);
    }

    async fn shut_down(registry: &Shared) {
        let mut registry = registry.lock().await;
        for handle in registry.handles.drain(..) {
            handle.await.unwrap();
        }
    }

    async fn shut_down_unlocked(registry: &Shared) {
        let handles = std::mem::take(&mut registry.lock().await.handles);
        for handle in handles {
            handle.await.unwrap();
        }
    }

    pub(super) async fn buggy() {
        let registry = Arc::new(Mutex::new(Registry { handles: Vec::new(), active: 1 }));
        start(&registry).await;
        shut_down(&registry).await;
        assert_eq!(registry.lock().await.active, 0);
    }

    pub(super) async fn correct() {
        let registry = Arc::new(Mutex::new(Registry { handles: Vec::new(), active: 1 }));
        start(&registry).await;
        shut_down_unlocked(&registry).await;
        assert_eq!(registry.lock().await.active, 0);
    }
}
