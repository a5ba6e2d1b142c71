//! `cargo coyote coverage`.

use std::fs;
use std::path::{Path, PathBuf};

use coyote_report::coverage::Coverage;

use super::write_out;
use crate::arguments::CoverageCommand;
use crate::error::{CLEAN, Error};

pub(super) fn run(command: &CoverageCommand) -> Result<u8, Error> {
    let CoverageCommand::Merge { files, output } = command;
    let sum = sum(files)?;
    match output {
        Some(path) => write(path, &sum),
        None => write_out(sum.text().as_bytes()),
    }
}

/// Adds up files.
pub(super) fn sum(files: &[PathBuf]) -> Result<Coverage, Error> {
    let mut sum = Coverage::new();
    for path in files {
        sum.merge(&read(path)?);
    }
    Ok(sum)
}

fn read(path: &Path) -> Result<Coverage, Error> {
    let bytes = fs::read(path).map_err(|error| {
        Error::file(path, error, "give a coverage file, as `cargo coyote test --coverage` names it")
    })?;
    Coverage::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|error| Error::Recording { path: path.to_path_buf(), error })
}

fn write(path: &PathBuf, sum: &Coverage) -> Result<u8, Error> {
    fs::write(path, sum.to_json())
        .map_err(|error| Error::file(path, error, "write another path after --output"))?;
    eprintln!("wrote {}: {} executions", path.display(), sum.executions);
    Ok(CLEAN)
}
