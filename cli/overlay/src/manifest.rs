//! Manifests: read, with what they inherit from their workspace, and changed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::OverlayError;

/// A package's manifest.
pub(crate) struct Manifest {
    path: PathBuf,
    folder: PathBuf,
    table: Table,
    /// That of the workspace, if it is a member of one.
    workspace: Option<(PathBuf, Table)>,
}

impl Manifest {
    /// Reads the manifest in `folder`, and that of the workspace above it if it inherits anything.
    pub(crate) fn read(folder: &Path) -> Result<Manifest, OverlayError> {
        let folder = folder
            .canonicalize()
            .map_err(|error| OverlayError::File { path: folder.to_path_buf(), error })?;
        let path = folder.join("Cargo.toml");
        let table = parse(&path)?;
        let root = folder.ancestors().find_map(|above| {
            let table = parse(&above.join("Cargo.toml")).ok()?;
            let workspace = table.get("workspace")?.as_table()?.clone();
            Some((above.to_path_buf(), workspace))
        });
        Ok(Manifest { path, folder, table, workspace: root })
    }

    /// Returns a key of `[package]`, inherited if it says so.
    pub(crate) fn package(&self, key: &str) -> Result<Value, OverlayError> {
        let own = self.table.get("package").and_then(|package| package.get(key));
        let inherits = own.and_then(|own| own.get("workspace")).is_some();
        let inherited = || self.workspace.as_ref()?.1.get("package")?.get(key).cloned();
        let value = if inherits { inherited() } else { own.cloned() };
        value.ok_or_else(|| self.missing(&format!("package.{key}")))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    fn missing(&self, key: &str) -> OverlayError {
        OverlayError::Missing { path: self.path.clone(), key: key.to_owned() }
    }

    /// Returns the features that can be asked for: those it names, and one for each optional dependency
    /// that no feature turns on as `dep:`.
    pub(crate) fn features(&self) -> BTreeSet<String> {
        let named = self.table.get("features").and_then(Value::as_table);
        let mut features: BTreeSet<String> = named.into_iter().flat_map(Table::keys).cloned().collect();
        let parts = named.into_iter().flat_map(Table::values).filter_map(Value::as_array).flatten();
        let explicit: BTreeSet<&str> =
            parts.filter_map(Value::as_str).filter_map(|part| part.strip_prefix("dep:")).collect();
        let targets = self.table.get("target").and_then(Value::as_table);
        let tables = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
        for table in tables.chain([&self.table]) {
            let dependencies = table.get("dependencies").and_then(Value::as_table);
            for (name, dependency) in dependencies.into_iter().flatten() {
                let is_optional = dependency.get("optional").and_then(Value::as_bool) == Some(true);
                if is_optional && !explicit.contains(name.as_str()) {
                    features.insert(name.clone());
                }
            }
        }
        features
    }

    /// Returns the dependencies by name, each in full.
    pub(crate) fn dependencies(&self) -> Result<Vec<(String, Table)>, OverlayError> {
        let dependencies = self.table.get("dependencies").and_then(Value::as_table);
        let all = dependencies.into_iter().flatten();
        all.map(|(name, dependency)| Ok((name.clone(), self.dependency(name, dependency)?))).collect()
    }

    /// Returns the manifest of a package with this one's source, by path, and with these dependencies.
    pub(crate) fn elsewhere(&self, dependencies: Vec<(String, Table)>) -> Result<Table, OverlayError> {
        let mut package = Table::new();
        for key in ["name", "version", "edition", "rust-version"] {
            package.insert(key.to_owned(), self.package(key)?);
        }
        let mut lib = self.table.get("lib").and_then(Value::as_table).cloned().unwrap_or_default();
        let source = lib.get("path").and_then(Value::as_str).unwrap_or("src/lib.rs");
        lib.insert("path".to_owned(), text(&self.folder.join(source)));
        let dependencies = dependencies.into_iter().map(|(name, table)| (name, Value::Table(table)));
        let mut made = Table::new();
        made.insert("package".to_owned(), Value::Table(package));
        made.insert("lib".to_owned(), Value::Table(lib));
        if let Some(features) = self.table.get("features") {
            made.insert("features".to_owned(), features.clone());
        }
        made.insert("dependencies".to_owned(), Value::Table(dependencies.collect()));
        if let Some(targets) = self.table.get("target") {
            made.insert("target".to_owned(), targets.clone());
        }
        // The source is compiled, and linted, in its own workspace too.
        made.insert("lints".to_owned(), allow_warnings());
        Ok(made)
    }

    /// Returns a dependency in full: with what it inherits, and with its path absolute.
    fn dependency(&self, name: &str, dependency: &Value) -> Result<Table, OverlayError> {
        let in_full = |value: &Value| match value {
            Value::Table(table) => Some(table.clone()),
            Value::String(version) => {
                Some(Table::from_iter([("version".to_owned(), Value::String(version.clone()))]))
            }
            _ => None,
        };
        let absolute = |mut table: Table, folder: &Path| {
            if let Some(path) = table.get("path").and_then(Value::as_str) {
                let path = text(&folder.join(path));
                table.insert("path".to_owned(), path);
            }
            table
        };
        let missing = || self.missing(&format!("dependencies.{name}"));
        let own = in_full(dependency).ok_or_else(missing)?;
        if own.get("workspace").is_none() {
            return Ok(absolute(own, &self.folder));
        }
        let (root, workspace) = self.workspace.as_ref().ok_or_else(missing)?;
        let inherited = workspace.get("dependencies").and_then(|all| all.get(name)).and_then(in_full);
        let mut table = absolute(inherited.ok_or_else(missing)?, root);
        for (key, value) in own {
            match (key.as_str(), table.get_mut(&key), value) {
                ("workspace", ..) => {}
                ("features", Some(Value::Array(features)), Value::Array(more)) => features.extend(more),
                (_, _, value) => drop(table.insert(key, value)),
            }
        }
        Ok(table)
    }
}

/// The `[lints]` of a package that is compiled here, but looked after elsewhere.
pub(crate) fn allow_warnings() -> Value {
    let rust = Table::from_iter([("warnings".to_owned(), Value::String("allow".to_owned()))]);
    Value::Table(Table::from_iter([("rust".to_owned(), Value::Table(rust))]))
}

pub(crate) fn text(path: &Path) -> Value {
    Value::String(path.to_string_lossy().into_owned())
}

fn parse(path: &Path) -> Result<Table, OverlayError> {
    let text =
        fs::read_to_string(path).map_err(|error| OverlayError::File { path: path.to_path_buf(), error })?;
    text.parse().map_err(|error| OverlayError::Manifest { path: path.to_path_buf(), error: Box::new(error) })
}
