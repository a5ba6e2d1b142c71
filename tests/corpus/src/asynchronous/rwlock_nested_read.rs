//! A reader takes the read lock a second time while it has it.
//!
//! tokio's lock is fair: a writer that has queued up in between is served first, and waits for the first read
//! lock. One preemption, of the reader, between its two locks.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "rwlock_nested_read",
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

    use tokio::sync::RwLock;

    struct Table(RwLock<Vec<u32>>);

    impl Table {
        async fn len(&self) -> usize {
            self.0.read().await.len()
        }

        async fn mean(&self) -> Option<u32> {
            let values = self.0.read().await;
            let sum: u32 = values.iter().sum();
            let len = self.len().await;
            (len > 0).then(|| sum / len as u32)
        }

        async fn mean_of_one_look(&self) -> Option<u32> {
            let values = self.0.read().await;
            let sum: u32 = values.iter().sum();
            (!values.is_empty()).then(|| sum / values.len() as u32)
        }
    }

    fn table_with_writer() -> (Arc<Table>, tokio::task::JoinHandle<()>) {
        let table = Arc::new(Table(RwLock::new(vec![1, 3])));
        let writing = Arc::clone(&table);
        (table, tokio::spawn(async move { writing.0.write().await.push(5) }))
    }

    pub(super) async fn buggy() {
        let (table, writer) = table_with_writer();
        assert!(matches!(table.mean().await, Some(2 | 3)));
        writer.await.unwrap();
    }

    pub(super) async fn correct() {
        let (table, writer) = table_with_writer();
        assert!(matches!(table.mean_of_one_look().await, Some(2 | 3)));
        writer.await.unwrap();
    }
}
