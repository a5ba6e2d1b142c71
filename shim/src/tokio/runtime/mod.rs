//! The mirror of `tokio::runtime`.
//!
//! Under control a runtime is a lane of the exploration: a `current_thread` runtime one of width 1 whose
//! tasks run while it is in [`Runtime::block_on`], a `multi_thread` runtime with `worker_threads = n` one
//! of width n, and without that one without limit. Inside an async test there is such an unlimited
//! `multi_thread` runtime from the beginning.

mod builder;
pub(crate) mod context;
mod core;
mod handle;
mod id;
mod local_runtime;
mod metrics;
mod parking;
pub(crate) mod reactor;
#[expect(clippy::module_inception, reason = "as in tokio")]
mod runtime;
mod tracked;

pub use ::tokio::runtime::{LocalOptions, is_rt_shutdown_err};

pub use builder::Builder;
pub use context::worker_index;
pub use handle::{EnterGuard, Handle, RuntimeFlavor, TryCurrentError};
pub use id::Id;
pub use local_runtime::LocalRuntime;
pub use metrics::RuntimeMetrics;
pub use runtime::Runtime;

pub(crate) use core::{Core, Home};
