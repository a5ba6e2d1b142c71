//! Accounts that can be updated, each with a version that may only grow.
//!
//! An update reads the row, compares versions, and writes. [`without_tags`] does just that, and loses updates:
//! two callers read version 1, and the later write wins, be it the older version. [`with_tags`] has the database
//! change a row's tag (its *ETag*) at every write and refuse a write that does not name the current one, so
//! that an update which read too early starts again.

pub mod with_tags;
pub mod without_tags;

mod account;

pub use account::Account;
