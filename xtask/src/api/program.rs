//! The program of all uses, compiled against tokio and against the mirror.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::table::Row;
use super::uses::Uses;
use crate::error::Error;

/// Which crate the uses are compiled against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Against {
    /// tokio itself, which checks the checker.
    Real,
    /// The mirror.
    Mirror,
}

impl Against {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Against::Real => "real",
            Against::Mirror => "mirror",
        }
    }
}

/// Why the use of a row does not compile.
pub(crate) struct Missing {
    /// The row's number among those given.
    pub(crate) row: usize,
    pub(crate) message: String,
}

const MANIFEST: &str = r#"# Written by `cargo run -p xtask -- api-coverage`.
[package]
name = "api-uses"
version = "0.0.0"
edition = "2024"

[dependencies]
bytes = "1"
mirror = { package = "coyote-tokio", path = "ROOT/shim/swap/tokio", features = ["coyote", "full", "test-util"] }
real = { package = "tokio", version = "=1.54.1", features = ["full", "test-util"] }

[workspace]
"#;

/// What uses refer to; all on one line, the first.
const PRELUDE: &str = include_str!("../../api/prelude.rs");

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder that this program was built into, two levels up from it.
pub(crate) fn target() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    program.parent().and_then(Path::parent).map_or_else(|| root().join("target"), Path::to_owned)
}

/// Compiles the uses of rows; returns those that do not compile. A use that cannot even be resolved keeps the
/// compiler from looking at others, so that it is taken out and the rest compiled again.
pub(crate) fn compile(rows: &[Row], uses: &Uses<'_>, against: Against) -> Result<Vec<Missing>, Error> {
    let folder = target().join("api-coverage");
    let source = folder.join("src/bin").join(format!("{}.rs", against.name()));
    write(&folder.join("Cargo.toml"), &MANIFEST.replace("ROOT", &root().to_string_lossy()))?;
    let lock = root().join("Cargo.lock");
    let lock_text = fs::read_to_string(&lock).map_err(|error| Error::File { path: lock, error })?;
    write(&folder.join("Cargo.lock"), &lock_text)?;

    let mut lines = Vec::new();
    for row in rows {
        lines.push(uses.of(row)?);
    }
    let mut missing: Vec<Missing> = Vec::new();
    loop {
        let out: BTreeSet<usize> = missing.iter().map(|missing| missing.row).collect();
        let prelude: Vec<&str> = PRELUDE.lines().filter(|line| !line.starts_with("//")).collect();
        let mut program =
            format!("{} pub use {} as krate; fn main() {{}}\n", prelude.join(" "), against.name());
        for (number, line) in lines.iter().enumerate() {
            if out.contains(&number) {
                program.push('\n');
            } else {
                program.push_str(&format!("pub mod row{number} {{ use super::*; {line} }}\n"));
            }
        }
        write(&source, &program)?;
        let found = check(&folder, against, rows.len())?;
        if found.is_empty() {
            return Ok(missing);
        }
        missing.extend(found);
    }
}

/// Runs `cargo check`; returns the rows whose lines have errors.
fn check(folder: &Path, against: Against, rows: usize) -> Result<Vec<Missing>, Error> {
    let mut command = Command::new("cargo");
    command.args(["check", "--quiet", "--message-format=json", "--bin", against.name(), "--manifest-path"]);
    command.arg(folder.join("Cargo.toml")).arg("--target-dir").arg(target());
    let text = format!("cargo check --bin {}", against.name());
    let output = command.output().map_err(|error| Error::Command { command: text.clone(), error })?;
    let mut missing: Vec<Missing> = Vec::new();
    let mut elsewhere = String::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
        let message = &value["message"];
        if value["reason"] != "compiler-message" || message["level"] != "error" {
            continue;
        }
        let text = message["message"].as_str().unwrap_or_default();
        match place(message) {
            Some(line) if (2..rows + 2).contains(&line) => {
                if !missing.iter().any(|missing| missing.row == line - 2) {
                    missing.push(Missing { row: line - 2, message: text.to_owned() });
                }
            }
            _ if text.starts_with("aborting") || text.starts_with("could not compile") => {}
            _ => elsewhere.push_str(message["rendered"].as_str().unwrap_or(text)),
        }
    }
    if missing.is_empty() && !output.status.success() {
        let output = format!("{elsewhere}{}", String::from_utf8_lossy(&output.stderr));
        return Err(Error::Failed { command: text, output });
    }
    Ok(missing)
}

/// Returns the line of the program that an error is about.
fn place(message: &Value) -> Option<usize> {
    let spans = message["spans"].as_array()?;
    let primary = spans.iter().find(|span| span["is_primary"] == true)?;
    let mut span = primary;
    // Errors inside a macro belong to the line that calls it.
    while let Some(outer) = span.get("expansion").filter(|outer| !outer.is_null()) {
        span = &outer["span"];
    }
    let is_ours = span["file_name"].as_str().is_some_and(|file| file.starts_with("src/bin/"));
    is_ours.then(|| span["line_start"].as_u64()).flatten().map(|line| line as usize)
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error| Error::File { path: path.to_owned(), error };
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
    fs::write(path, text).map_err(failed)
}
