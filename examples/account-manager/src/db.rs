//! What the managers ask of a database.

use std::error::Error;

/// A collection of rows: text values under text keys.
///
/// Each method is atomic by itself. Between two calls, anything may happen: other tasks, and other processes,
/// use the same collection.
pub trait DbCollection: Send + Sync {
    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`RowError::RowAlreadyExists`] if the key is taken; the row that has it is left as it is.
    fn create_row(&self, key: &str, value: &str) -> impl Future<Output = Result<(), RowError>> + Send;

    /// Tells whether there is a row with this key, at the moment of asking.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database cannot be read.
    fn does_row_exist(&self, key: &str) -> impl Future<Output = Result<bool, RowError>> + Send;

    /// Reads the value of a row.
    ///
    /// # Errors
    ///
    /// [`RowError::RowNotFound`] if no row has this key.
    fn get_row(&self, key: &str) -> impl Future<Output = Result<String, RowError>> + Send;

    /// Removes a row.
    ///
    /// # Errors
    ///
    /// [`RowError::RowNotFound`] if no row has this key.
    fn delete_row(&self, key: &str) -> impl Future<Output = Result<(), RowError>> + Send;
}

/// Why an operation on a row did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// A row was to be created under a key that is taken.
    #[error("the row `{key}` already exists; delete it first, or choose another key")]
    RowAlreadyExists {
        /// The key that is taken.
        key: String,
    },

    /// A row was to be read, updated or deleted that is not there.
    #[error("there is no row `{key}`; create it first")]
    RowNotFound {
        /// The key that no row has.
        key: String,
    },

    /// A row was to be updated that has changed since it was read.
    #[error("the row `{key}` has changed since it was read; read it again and repeat the update")]
    MismatchedETag {
        /// The key of the row that changed.
        key: String,
    },

    /// A row holds a value that is not what was written there by this program.
    #[error("the row `{key}` does not hold an account; delete it, or restore it from a backup: {source}")]
    MalformedRow {
        /// The key of the row.
        key: String,
        /// What is wrong with the value.
        source: serde_json::Error,
    },

    /// The database itself failed.
    #[error("the database failed; check its file and its disk: {source}")]
    Database {
        /// The database's own error.
        source: Box<dyn Error + Send + Sync>,
    },
}
