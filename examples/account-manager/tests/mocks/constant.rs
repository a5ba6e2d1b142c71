//! The first mock: constant answers.

use account_manager::{DbCollection, RowError};

/// Answers every question as an empty database would, however much has been written to it.
pub(crate) struct ConstantDbCollection;

impl DbCollection for ConstantDbCollection {
    async fn create_row(&self, _key: &str, _value: &str) -> Result<(), RowError> {
        Ok(())
    }

    async fn does_row_exist(&self, _key: &str) -> Result<bool, RowError> {
        Ok(false)
    }

    async fn get_row(&self, key: &str) -> Result<String, RowError> {
        Err(RowError::RowNotFound { key: key.to_owned() })
    }

    async fn delete_row(&self, key: &str) -> Result<(), RowError> {
        Err(RowError::RowNotFound { key: key.to_owned() })
    }
}
