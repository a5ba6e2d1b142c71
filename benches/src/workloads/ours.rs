//! Against `coyote::std` and the swapped `tokio`.

mod api {
    pub(super) use ::tokio;
    pub(super) use coyote::std::sync::{Condvar, Mutex, atomic};
    pub(super) use coyote::std::thread;
    pub(super) use tokio::spawn as spawn_task;
    pub(super) use tokio::task::yield_now;
}

#[path = "bodies.rs"]
mod bodies;
pub(crate) use bodies::*;
