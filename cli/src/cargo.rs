//! What cargo knows of the packages here, and what it builds of them.

mod build;
mod control;
mod metadata;

pub(crate) use build::{TestProgram, build};
pub(crate) use control::select;
pub(crate) use metadata::{Metadata, Package, metadata};

use std::process::Command;

/// Returns a command of the cargo that started this program.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
