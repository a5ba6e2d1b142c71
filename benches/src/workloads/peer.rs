//! Against Shuttle's std and tokio. Its tasks are spawned by its own `future` module, where they cost
//! less than through its tokio.
#![expect(clippy::duplicate_mod, reason = "the same source, compiled against two libraries, is the point")]

mod api {
    pub(super) use peer::future::{spawn as spawn_task, yield_now};
    pub(super) use peer::sync::{Condvar, Mutex, atomic};
    pub(super) use peer::thread;
    pub(super) use peer_tokio as tokio;
}

#[path = "bodies.rs"]
mod bodies;
pub(crate) use bodies::*;
