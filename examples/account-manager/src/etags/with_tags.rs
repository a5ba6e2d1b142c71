//! The second step, optimistic concurrency: a write names the state it was made for, or is refused.

use super::Account;
use crate::RowError;

/// A mark of one state of one row. The database gives a fresh one at every write and never repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ETag(u64);

impl ETag {
    /// Makes a tag of a number that the database has not used before.
    pub fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number that this tag was made of, to be stored.
    pub fn number(self) -> u64 {
        self.0
    }
}

/// A row as it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What the row held.
    pub value: String,
    /// The state that this was.
    pub etag: ETag,
}

/// A collection of rows that bear tags.
///
/// Each method is atomic by itself, the comparison of tags in `update_row` included.
pub trait TaggedCollection: Send + Sync {
    /// Adds a row, with a fresh tag.
    ///
    /// # Errors
    ///
    /// [`RowError::RowAlreadyExists`] if the key is taken; the row that has it is left as it is.
    fn create_row(&self, key: &str, value: &str) -> impl Future<Output = Result<(), RowError>> + Send;

    /// Reads a row's value and tag.
    ///
    /// # Errors
    ///
    /// [`RowError::RowNotFound`] if no row has this key.
    fn get_row(&self, key: &str) -> impl Future<Output = Result<Row, RowError>> + Send;

    /// Writes a new value and a fresh tag to a row, if its tag is still `etag`.
    ///
    /// # Errors
    ///
    /// [`RowError::RowNotFound`] if no row has this key, [`RowError::MismatchedETag`] if the row has changed.
    fn update_row(
        &self,
        key: &str,
        value: &str,
        etag: ETag,
    ) -> impl Future<Output = Result<(), RowError>> + Send;

    /// Removes a row.
    ///
    /// # Errors
    ///
    /// [`RowError::RowNotFound`] if no row has this key.
    fn delete_row(&self, key: &str) -> impl Future<Output = Result<(), RowError>> + Send;
}

/// Creates, reads, updates and deletes accounts; no update is lost, however many run at once.
#[derive(Debug)]
pub struct AccountManager<Db> {
    db: Db,
}

impl<Db: TaggedCollection> AccountManager<Db> {
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
    /// Repeats from the read when the row has changed in between. Each repetition means that somebody else's
    /// write succeeded, so together the callers always get on.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails, [`RowError::MalformedRow`] if the row holds no account.
    pub async fn update_account(&self, name: &str, payload: &str, version: u32) -> Result<bool, RowError> {
        let value = Account::new(name, payload, version).to_row()?;
        loop {
            let row = match self.db.get_row(name).await {
                Ok(row) => row,
                Err(RowError::RowNotFound { .. }) => return Ok(false),
                Err(error) => return Err(error),
            };
            if version <= Account::from_row(name, &row.value)?.version {
                return Ok(false);
            }
            match self.db.update_row(name, &value, row.etag).await {
                Ok(()) => return Ok(true),
                Err(RowError::MismatchedETag { .. }) => continue,
                Err(RowError::RowNotFound { .. }) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads an account, or `None` if there is no such account.
    ///
    /// # Errors
    ///
    /// [`RowError::Database`] if the database fails, [`RowError::MalformedRow`] if the row holds no account.
    pub async fn get_account(&self, name: &str) -> Result<Option<Account>, RowError> {
        match self.db.get_row(name).await {
            Ok(row) => Account::from_row(name, &row.value).map(Some),
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
