//! What the second and the third mock keep: one row, whatever its key.

use account_manager::RowError;

/// A row that is there, with a value, or not. A test that uses one key needs no more.
#[derive(Default)]
pub(crate) struct SingleRow {
    value: Option<String>,
}

impl SingleRow {
    pub(crate) fn create(&mut self, key: &str, value: &str) -> Result<(), RowError> {
        if self.exists() {
            return Err(RowError::RowAlreadyExists { key: key.to_owned() });
        }
        self.value = Some(value.to_owned());
        Ok(())
    }

    pub(crate) fn exists(&self) -> bool {
        self.value.is_some()
    }

    pub(crate) fn get(&self, key: &str) -> Result<String, RowError> {
        self.value.clone().ok_or_else(|| RowError::RowNotFound { key: key.to_owned() })
    }

    pub(crate) fn delete(&mut self, key: &str) -> Result<(), RowError> {
        match self.value.take() {
            Some(_) => Ok(()),
            None => Err(RowError::RowNotFound { key: key.to_owned() }),
        }
    }
}
