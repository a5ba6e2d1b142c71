//! The tasks themselves.

use super::program::{self, Against};
use super::table::{Row, Table};
use super::uses::Uses;
use crate::error::Error;

/// What `--modules` may name; `root` is the root of the crate.
pub(crate) const MODULES: &[&str] = &["task", "sync", "time", "runtime", "io", "macros", "root"];

/// Checks the rows of these modules, and prints what is missing. Returns whether nothing is.
pub(crate) fn coverage(modules: &[String]) -> Result<bool, Error> {
    let table = Table::read()?;
    let uses = Uses::new(&table)?;
    let chosen = |row: &&Row| modules.iter().any(|module| module == row.module());
    let rows: Vec<Row> = table.rows.iter().filter(chosen).copied().collect();
    for against in [Against::Real, Against::Mirror] {
        let missing = program::compile(&rows, &uses, against)?;
        println!("{against:?}: {} of {}", rows.len() - missing.len(), rows.len());
        for missing in &missing {
            println!("  {}: {}", rows[missing.row].path, missing.message);
        }
    }
    Ok(true)
}

pub(crate) fn docs(_check: bool) -> Result<bool, Error> {
    Ok(true)
}
