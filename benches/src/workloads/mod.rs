//! The workloads, compiled twice from the same source: against the swapped crates, and against the
//! peer's. Only the names in `api` differ.

pub(crate) mod ours;
pub(crate) mod peer;
