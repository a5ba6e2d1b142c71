//! The manager as one writes it first: it checks, then acts.
//!
//! Correct for a single caller, and under any test that calls it once at a time. Between the check and the act
//! another task, or another process, may create or delete the same row; then the row operation fails, and its
//! error reaches a caller who was promised `true` or `false`.

use crate::{DbCollection, RowError};

/// Creates, reads and deletes accounts, checking first whether the row exists.
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
    /// Meant only for a failing database. In truth also [`RowError::RowAlreadyExists`], when another caller
    /// creates the account between the check and the act.
    pub async fn create_account(&self, name: &str, payload: &str) -> Result<bool, RowError> {
        if self.db.does_row_exist(name).await? {
            return Ok(false);
        }
        self.db.create_row(name, payload).await?;
        Ok(true)
    }

    /// Reads an account's payload, or `None` if there is no such account.
    ///
    /// # Errors
    ///
    /// Meant only for a failing database. In truth also [`RowError::RowNotFound`], when another caller deletes
    /// the account between the check and the act.
    pub async fn get_account(&self, name: &str) -> Result<Option<String>, RowError> {
        if !self.db.does_row_exist(name).await? {
            return Ok(None);
        }
        self.db.get_row(name).await.map(Some)
    }

    /// Deletes an account. Returns whether it did: `false` if there was no such account.
    ///
    /// # Errors
    ///
    /// Meant only for a failing database. In truth also [`RowError::RowNotFound`], when another caller deletes
    /// the account between the check and the act.
    pub async fn delete_account(&self, name: &str) -> Result<bool, RowError> {
        if !self.db.does_row_exist(name).await? {
            return Ok(false);
        }
        self.db.delete_row(name).await?;
        Ok(true)
    }
}
