//! Plain `#[test]`s that build their runtime themselves: controlled, in place, unedited.
#![allow(missing_docs)]

mod in_place;
mod other_processes;
mod shared_runtime;
