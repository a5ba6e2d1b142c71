//! The function-like macros at work, in a mirror that has no more than they need.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(unreachable_pub, missing_docs)]

#[path = "mirror.rs"]
mod __macros;
mod join;
mod select;
