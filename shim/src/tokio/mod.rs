//! The mirror of `tokio`.
//!
//! | module | |
//! |---|---|
//! | `task`, `runtime`, `time`, `sync`, `io`, the macros | modelled |
//! | `net`, `fs`, `process`, `signal` | re-exported: the real ones |
//!
//! What is re-exported is not under control yet, but works: real sockets and files are used, beside tasks that are
//! under control, and the report says so. [`runtime`] has the reactor.

mod coop;
pub mod io;
#[doc(hidden)]
pub mod macros;
pub mod runtime;
pub mod sync;
pub mod task;
pub mod time;

pub use ::tokio::{fs, net, process, signal, stream};

pub use coyote_macros::{tokio_main as main, tokio_test as test};
pub use task::spawn;

pub use crate::{
    __tokio_join as join, __tokio_pin as pin, __tokio_select as select, __tokio_task_local as task_local,
    __tokio_try_join as try_join,
};
