//! The second mock: it remembers, but never suspends its caller.

use std::sync::{Mutex, MutexGuard};

use account_manager::{DbCollection, RowError};

use super::single_row::SingleRow;

/// Answers truly and at once: a call is over before anything else can run.
#[derive(Default)]
pub(crate) struct SequentialDbCollection {
    row: Mutex<SingleRow>,
}

impl SequentialDbCollection {
    fn row(&self) -> MutexGuard<'_, SingleRow> {
        self.row.lock().expect("no call panics while it holds the row")
    }
}

impl DbCollection for SequentialDbCollection {
    async fn create_row(&self, key: &str, value: &str) -> Result<(), RowError> {
        self.row().create(key, value)
    }

    async fn does_row_exist(&self, _key: &str) -> Result<bool, RowError> {
        Ok(self.row().exists())
    }

    async fn get_row(&self, key: &str) -> Result<String, RowError> {
        self.row().get(key)
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        self.row().delete(key)
    }
}
