//! The manager repaired: it acts, and takes the database's answer.
//!
//! The row operations are atomic in the database, so there is no moment between a check and an act for anyone
//! to step into, whichever task or process they run in.

use crate::{DbCollection, RowError};

/// Creates, reads and deletes accounts; safe for any number of callers at once.
#[derive(Debug)]
pub struct AccountManager<Db> {
    db: Db,
}

impl<Db: DbCollection> AccountManager<Db> {
    /// Makes a manager of the accounts in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Creates an account. Returns whether it did: `false` if the account was there already.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails.
    pub async fn create_account(&self, name: &str, payload: &str) -> Result<bool, RowError> {
        match self.db.create_row(name, payload).await {
            Ok(()) => Ok(true),
            Err(RowError::RowAlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads an account's payload, or `None` if there is no such account.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails.
    pub async fn get_account(&self, name: &str) -> Result<Option<String>, RowError> {
        match self.db.get_row(name).await {
            Ok(payload) => Ok(Some(payload)),
            Err(RowError::RowNotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes an account. Returns whether it did: `false` if there was no such account.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails.
    pub async fn delete_account(&self, name: &str) -> Result<bool, RowError> {
        match self.db.delete_row(name).await {
            Ok(()) => Ok(true),
            Err(RowError::RowNotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
