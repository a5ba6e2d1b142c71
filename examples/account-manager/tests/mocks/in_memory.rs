//! The fourth mock: a map, each call in a task of its own. It serves every test.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use account_manager::{DbCollection, RowError, etags::without_tags::UpdatableCollection};

/// A database in memory: each call is atomic, and suspends its caller first.
#[derive(Default)]
pub(crate) struct InMemoryDbCollection {
    rows: Arc<Mutex<Rows>>,
}

type Rows = BTreeMap<String, String>;

impl InMemoryDbCollection {
    /// Runs the body of a call in a task, under the lock.
    ///
    /// The lock is the mock's, not the manager's: it stands for the atomicity that a database gives to one call.
    async fn in_a_task<T: Send + 'static>(&self, body: impl FnOnce(&mut Rows) -> T + Send + 'static) -> T {
        let rows = Arc::clone(&self.rows);
        let call = tokio::spawn(async move { body(&mut rows.lock().expect("no call panics")) });
        call.await.expect("no call panics, and none is aborted")
    }
}

impl DbCollection for InMemoryDbCollection {
    async fn create_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.in_a_task(move |rows| {
            if rows.contains_key(&key) {
                return Err(RowError::RowAlreadyExists { key });
            }
            rows.insert(key, value);
            Ok(())
        })
        .await
    }

    async fn does_row_exist(&self, key: &str) -> Result<bool, RowError> {
        let key = key.to_owned();
        self.in_a_task(move |rows| Ok(rows.contains_key(&key))).await
    }

    async fn get_row(&self, key: &str) -> Result<String, RowError> {
        let key = key.to_owned();
        self.in_a_task(move |rows| rows.get(&key).cloned().ok_or(RowError::RowNotFound { key })).await
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        let key = key.to_owned();
        self.in_a_task(move |rows| match rows.remove(&key) {
            Some(_) => Ok(()),
            None => Err(RowError::RowNotFound { key }),
        })
        .await
    }
}

impl UpdatableCollection for InMemoryDbCollection {
    async fn update_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.in_a_task(move |rows| match rows.get_mut(&key) {
            Some(row) => {
                *row = value;
                Ok(())
            }
            None => Err(RowError::RowNotFound { key }),
        })
        .await
    }
}
