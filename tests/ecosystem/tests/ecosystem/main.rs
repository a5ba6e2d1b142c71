//! One program per file: `finds` has the planted bug, `passes` is its correct twin.
#![allow(missing_docs)]

mod broadcast_stream;
mod buffer_unordered;
mod cancellation_token;
mod delay_queue;
mod futures_unordered;
mod poll_sender;
mod shared;
mod stream_map;
mod task_tracker;
