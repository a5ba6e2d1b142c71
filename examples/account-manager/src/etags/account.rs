//! The account, and its form in a row.

use serde::{Deserialize, Serialize};

use crate::RowError;

/// An account, stored as JSON in the row that bears its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's name, and its row's key.
    pub name: String,
    /// Whatever the account's owner keeps in it.
    pub payload: String,
    /// Grows with every update; an update to a version that is not newer is refused.
    pub version: u32,
}

impl Account {
    /// Puts an account together.
    pub(super) fn new(name: &str, payload: &str, version: u32) -> Self {
        Self { name: name.to_owned(), payload: payload.to_owned(), version }
    }

    /// Reads the account in the row `key`.
    pub(super) fn from_row(key: &str, value: &str) -> Result<Self, RowError> {
        serde_json::from_str(value).map_err(|source| RowError::MalformedRow { key: key.to_owned(), source })
    }

    /// Writes the account as the value of its row.
    pub(super) fn to_row(&self) -> Result<String, RowError> {
        serde_json::to_string(self)
            .map_err(|source| RowError::MalformedRow { key: self.name.clone(), source })
    }
}
