//! The first step, which loses updates: the row may change between the read and the write.

use super::Account;
use crate::{DbCollection, RowError};

/// A collection whose rows can be overwritten.
pub trait UpdatableCollection: DbCollection {
    /// Writes a new value to a row that exists, whatever its value is by now.
    ///
    /// # Errors
    ///
    /// [`RowError::RowNotFound`] if no row has this key.
    fn update_row(&self, key: &str, value: &str) -> impl Future<Output = Result<(), RowError>> + Send;
}

/// Creates, reads, updates and deletes accounts; an update may undo another that ran at the same time.
#[derive(Debug)]
pub struct AccountManager<Db> {
    db: Db,
}

impl<Db: UpdatableCollection> AccountManager<Db> {
    /// Makes a manager of the accounts in `db`.
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Creates an account. Returns whether it did: `false` if the account was there already.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails.
    pub async fn create_account(&self, name: &str, payload: &str, version: u32) -> Result<bool, RowError> {
        let account = Account::new(name, payload, version);
        match self.db.create_row(name, &account.to_row()?).await {
            Ok(()) => Ok(true),
            Err(RowError::RowAlreadyExists { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Replaces an account by a newer version. Returns whether it did: `false` if there is no such account, or
    /// the version is not newer than the stored one.
    ///
    /// In truth two updates at the same time may both return `true`, and the older version may stay: both read
    /// the same row, and neither notices that the other has written in between.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails, [`RowError::MalformedRow`] if the row holds no account.
    pub async fn update_account(&self, name: &str, payload: &str, version: u32) -> Result<bool, RowError> {
        let Some(stored) = self.get_account(name).await? else {
            return Ok(false);
        };
        if version <= stored.version {
            return Ok(false);
        }
        let account = Account::new(name, payload, version);
        match self.db.update_row(name, &account.to_row()?).await {
            Ok(()) => Ok(true),
            Err(RowError::RowNotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Reads an account, or `None` if there is no such account.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails, [`RowError::MalformedRow`] if the row holds no account.
    pub async fn get_account(&self, name: &str) -> Result<Option<Account>, RowError> {
        match self.db.get_row(name).await {
            Ok(value) => Account::from_row(name, &value).map(Some),
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
