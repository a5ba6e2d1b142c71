//! Compiles the tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::arguments::Mode;
use crate::error::{Error, Result};
use crate::overlay::Workspace;

/// What cargo says of something it has compiled.
#[derive(Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    target: Target,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Compiles files of tests; returns the programs by file. Those that do not compile are missing.
pub(crate) fn build(
    workspace: &Workspace,
    files: &[String],
    mode: Mode,
) -> Result<BTreeMap<String, PathBuf>> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--keep-going", "--message-format", "json-render-diagnostics"]);
    cargo.arg("--manifest-path").arg(workspace.root.join("tests/Cargo.toml"));
    cargo.arg("--target-dir").arg(workspace.root.join("target"));
    if mode != Mode::Off {
        cargo.args(["--features", "coyote"]);
    }
    if files.len() == workspace.files.len() {
        cargo.arg("--tests");
    } else {
        files.iter().for_each(|file| {
            cargo.args(["--test", file]);
        });
    }
    let command = "cargo build --tests".to_owned();
    let output = cargo.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| Error::Command { command, problem: error.to_string() })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let artifacts = text.lines().filter_map(|line| serde_json::from_str::<Artifact>(line).ok());
    Ok(artifacts
        .filter_map(|artifact| Some((artifact.target.name, artifact.executable?)))
        .filter(|(name, _)| files.contains(name))
        .collect())
}

/// Returns where the tests' package is, which is where they run.
pub(crate) fn package(root: &Path) -> PathBuf {
    root.join("tests")
}
