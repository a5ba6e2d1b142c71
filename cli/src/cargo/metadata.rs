//! `cargo metadata`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;

use super::cargo;
use crate::arguments::BuildArguments;
use crate::error::Error;

/// The packages of a workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_members: Vec<String>,
    #[serde(default)]
    pub(crate) workspace_default_members: Vec<String>,
    pub(crate) workspace_root: PathBuf,
    pub(crate) target_directory: PathBuf,
}

/// A package of the workspace.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) version: String,
    pub(crate) manifest_path: PathBuf,
    #[serde(default)]
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(crate) targets: Vec<Target>,
}

/// What a package depends on.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) rename: Option<String>,
    #[serde(default)]
    pub(crate) features: Vec<String>,
    #[serde(default)]
    pub(crate) optional: bool,
    #[serde(default)]
    pub(crate) path: Option<PathBuf>,
}

/// Something that is built of a package.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
}

impl Dependency {
    /// Returns the name by which the package knows it.
    pub(crate) fn known_as(&self) -> &str {
        self.rename.as_deref().unwrap_or(&self.name)
    }
}

impl Package {
    /// Returns the package's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }
}

impl Metadata {
    /// Returns the members that cargo takes if none is named.
    pub(crate) fn default_members(&self) -> Vec<&Package> {
        let named = match self.workspace_default_members.is_empty() {
            true => &self.workspace_members,
            false => &self.workspace_default_members,
        };
        self.packages.iter().filter(|package| named.contains(&package.id)).collect()
    }
}

/// Asks cargo for the packages of the workspace.
///
/// # Errors
/// Returns that cargo does not know; it has said why.
pub(crate) fn metadata(arguments: &BuildArguments) -> Result<Metadata, Error> {
    let mut command = cargo();
    command.args(["metadata", "--no-deps", "--format-version", "1"]);
    if let Some(path) = &arguments.manifest_path {
        command.arg("--manifest-path").arg(path);
    }
    for config in &arguments.cargo_config {
        command.arg("--config").arg(config);
    }
    for (given, flag) in
        [(arguments.locked, "--locked"), (arguments.offline, "--offline"), (arguments.frozen, "--frozen")]
    {
        command.args(given.then_some(flag));
    }
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(no_cargo)?;
    if !output.status.success() {
        return Err(Error::Cargo { what: "metadata" });
    }
    let mut metadata: Metadata = serde_json::from_slice(&output.stdout)
        .map_err(|error| Error::Answer { what: "what cargo says of the packages here", error })?;
    if let Some(folder) = &arguments.target_dir {
        metadata.target_directory = std::path::absolute(folder)
            .map_err(|error| Error::file(folder, error, "write the path of a folder after --target-dir"))?;
    }
    Ok(metadata)
}

pub(crate) fn no_cargo(error: std::io::Error) -> Error {
    Error::Start { program: "cargo".to_owned(), error, instead: "install it, or put it on the PATH" }
}
