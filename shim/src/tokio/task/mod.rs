//! The mirror of `tokio::task`.

mod error;
mod id;
mod join_handle;
pub mod join_set;
mod local_join;
mod local_set;
mod spawn;
mod task_local;
mod yield_now;

pub use error::JoinError;
pub use id::{Id, id, try_id};
pub use join_handle::{AbortHandle, JoinHandle};
pub use join_set::JoinSet;
pub use local_set::{LocalEnterGuard, LocalSet, spawn_local};
pub use spawn::{block_in_place, spawn, spawn_blocking};
pub use task_local::LocalKey;
pub use yield_now::yield_now;

#[doc(hidden)]
pub use coop::{Unconstrained, consume_budget, unconstrained};

pub(crate) use local_set::LocalCore;

/// The cooperative budget of tasks.
pub mod coop {
    pub use crate::tokio::coop::RestoreOnPending;
    pub use crate::tokio::coop::public::{
        Coop, Unconstrained, consume_budget, cooperative, has_budget_remaining, poll_proceed, unconstrained,
    };
}

/// Futures of this module.
pub mod futures {
    pub use super::task_local::TaskLocalFuture;
}
