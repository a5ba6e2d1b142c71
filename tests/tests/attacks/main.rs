//! Attacks: what programs do to a tester that keeps many tasks on one OS thread.
#![allow(missing_docs)]

mod c_frames;
mod destructors;
mod foreign_threads;
mod freezing;
mod identity;
mod leaks;
mod output;
mod stale_wakers;
mod tracing_spans;
mod unwinding;
mod watch_refs;
