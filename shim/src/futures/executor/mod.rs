//! The mirror of `futures::executor`.

mod block_on;
mod enter;
mod local_pool;

pub use block_on::{BlockingStream, block_on, block_on_stream};
pub use enter::{Enter, EnterError, enter};
pub use local_pool::{LocalPool, LocalSpawner};

#[cfg(feature = "futures-thread-pool")]
pub use ::futures::executor::{ThreadPool, ThreadPoolBuilder};
