//! Whether the mirror has all of tokio's API: every row of a table is used in a program, which is compiled
//! against tokio and against the mirror; every operation that is modelled is called under control, and has
//! to reach a scheduling point.

mod calls;
mod classes;
mod instances;
mod names;
mod page;
mod program;
mod table;
mod tasks;
mod uses;

pub(crate) use tasks::{MODULES, coverage, docs};
