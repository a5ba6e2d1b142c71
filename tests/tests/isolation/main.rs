//! Executions in processes of their own.
#![allow(missing_docs)]

mod other_processes;
mod statics;
mod strategies;
