//! The controlled calls, which `xtask/points` makes.

use std::collections::BTreeMap;
use std::process::Command;

use super::program;
use crate::error::Error;

/// Runs them; returns how many scheduling points each operation has reached, by its path.
pub(crate) fn points() -> Result<BTreeMap<String, u64>, Error> {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "-p", "coyote-points", "--target-dir"]).arg(program::target());
    command.current_dir(program::root());
    let text = "cargo run -p coyote-points".to_owned();
    let output = command.output().map_err(|error| Error::Command { command: text.clone(), error })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Failed { command: text, output });
    }
    let lines = String::from_utf8_lossy(&output.stdout);
    let mut points = BTreeMap::new();
    for line in lines.lines() {
        // A call may print something itself.
        if let Some((path, count)) = line.split_once('\t')
            && let Ok(count) = count.parse()
        {
            points.insert(path.trim_end_matches(": macro").to_owned(), count);
        }
    }
    Ok(points)
}
