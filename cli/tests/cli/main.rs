//! The program, run as users run it, mostly on one project: fresh, with a bug planted, prepared by `init`.
#![allow(missing_docs, clippy::disallowed_methods)]

mod bad_input;
mod fixture;
mod nextest;
mod preparing;
mod replaying;
mod reporting;
mod stopping;
mod testing;
