//! The fourth mock, with a tag on each row.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use account_manager::{
    RowError,
    etags::with_tags::{ETag, Row, TaggedCollection},
};

/// A tagged database in memory: each call is atomic, and suspends its caller first.
#[derive(Default)]
pub(crate) struct TaggedInMemoryDbCollection {
    state: Arc<Mutex<State>>,
    ignores_tags: bool,
}

#[derive(Default)]
struct State {
    rows: BTreeMap<String, Row>,
    last_tag: u64,
}

impl State {
    fn put(&mut self, key: String, value: String) {
        self.last_tag += 1;
        self.rows.insert(key, Row { value, etag: ETag::new(self.last_tag) });
    }
}

impl TaggedInMemoryDbCollection {
    /// Makes a collection that gives tags and never compares them.
    pub(crate) fn ignoring_tags() -> Self {
        Self { ignores_tags: true, ..Self::default() }
    }

    /// Runs the body of a call in a task, under the lock, which stands for the atomicity of one call.
    async fn in_a_task<T: Send + 'static>(&self, body: impl FnOnce(&mut State) -> T + Send + 'static) -> T {
        let state = Arc::clone(&self.state);
        let call = tokio::spawn(async move { body(&mut state.lock().expect("no call panics")) });
        call.await.expect("no call panics, and none is aborted")
    }
}

impl TaggedCollection for TaggedInMemoryDbCollection {
    async fn create_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.in_a_task(move |state| {
            if state.rows.contains_key(&key) {
                return Err(RowError::RowAlreadyExists { key });
            }
            state.put(key, value);
            Ok(())
        })
        .await
    }

    async fn get_row(&self, key: &str) -> Result<Row, RowError> {
        let key = key.to_owned();
        self.in_a_task(move |state| state.rows.get(&key).cloned().ok_or(RowError::RowNotFound { key })).await
    }

    async fn update_row(&self, key: &str, value: &str, etag: ETag) -> Result<(), RowError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        let ignores_tags = self.ignores_tags;
        self.in_a_task(move |state| match state.rows.get(&key) {
            Some(row) if row.etag == etag || ignores_tags => {
                state.put(key, value);
                Ok(())
            }
            Some(_) => Err(RowError::MismatchedETag { key }),
            None => Err(RowError::RowNotFound { key }),
        })
        .await
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        let key = key.to_owned();
        self.in_a_task(move |state| match state.rows.remove(&key) {
            Some(_) => Ok(()),
            None => Err(RowError::RowNotFound { key }),
        })
        .await
    }
}
