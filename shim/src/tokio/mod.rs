//! The mirror of `tokio`.

pub(crate) mod coop;
pub mod sync;
