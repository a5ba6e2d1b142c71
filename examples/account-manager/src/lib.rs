//! Accounts in a database: a small, ordinary tokio program with a race in it, and its repair.
//!
//! - [`racy`] is the manager as one writes it first. It checks, then acts; two callers can both pass the check.
//! - [`fixed`] is the same manager without the check: the database decides, in one step.
//! - [`etags`] lets accounts be updated: first in a way that loses updates, then by optimistic concurrency.
//!
//! All of them work over a trait for the database ([`DbCollection`] here), which [`RedbCollection`] implements
//! on a real file, and the tests on a map in memory. Managers may live in different processes, so a lock inside
//! a manager is no answer to any of the races.
//!
//! # Examples
//!
//! ```
//! use account_manager::{RedbCollection, fixed::AccountManager};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("accounts.redb");
//! let accounts = AccountManager::new(RedbCollection::open_or_create(path).await?);
//!
//! assert!(accounts.create_account("MyAccount", "...").await?);
//! assert!(!accounts.create_account("MyAccount", "...").await?);
//! # Ok(())
//! # }
//! ```

pub mod etags;
pub mod fixed;
pub mod racy;

mod db;
mod redb_collection;

pub use db::{DbCollection, RowError};
pub use redb_collection::{OpenError, RedbCollection};
