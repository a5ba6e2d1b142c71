//! The third mock: the second one, each call in a task of its own.

use std::sync::{Arc, Mutex};

use account_manager::{DbCollection, RowError};

use super::single_row::SingleRow;

/// Answers truly, after its caller has been suspended, as a database over a network does.
#[derive(Default)]
pub(crate) struct TaskPerCallDbCollection {
    row: Arc<Mutex<SingleRow>>,
}

impl TaskPerCallDbCollection {
    async fn in_a_task<T: Send + 'static>(
        &self,
        body: impl FnOnce(&mut SingleRow) -> T + Send + 'static,
    ) -> T {
        let row = Arc::clone(&self.row);
        let call = tokio::spawn(async move { body(&mut row.lock().expect("no call panics")) });
        call.await.expect("no call panics, and none is aborted")
    }
}

impl DbCollection for TaskPerCallDbCollection {
    async fn create_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.in_a_task(move |row| row.create(&key, &value)).await
    }

    async fn does_row_exist(&self, _key: &str) -> Result<bool, RowError> {
        self.in_a_task(|row| Ok(row.exists())).await
    }

    async fn get_row(&self, key: &str) -> Result<String, RowError> {
        let key = key.to_owned();
        self.in_a_task(move |row| row.get(&key)).await
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        let key = key.to_owned();
        self.in_a_task(move |row| row.delete(&key)).await
    }
}
