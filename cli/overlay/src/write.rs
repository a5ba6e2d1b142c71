//! Writes an overlay.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use toml::{Table, Value};

use crate::error::OverlayError;
use crate::manifest::{Manifest, allow_warnings, text};

/// The name that the real tokio has in an overlay.
const REAL: &str = "real-tokio";

/// Where the source of this project is: the folder of `coyote-rs`, which refers to the others by path.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// That folder.
    pub facade: PathBuf,
}

impl Mirror {
    /// Returns the packages of a checkout of the repository.
    pub fn of_checkout(root: &Path) -> Mirror {
        Mirror { facade: root.to_path_buf() }
    }
}

/// An overlay that was written.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// What cargo is to be given: `--config <this>`.
    pub config: PathBuf,
    /// The version of tokio that it stands for. A lock file with another one keeps the real tokio.
    pub version: String,
}

/// Writes an overlay into `folder`. Files that are as they should be already stay as they are, so that
/// nothing is compiled again for it.
///
/// `tokio` is the folder of tokio's source as published, such as the one in cargo's registry.
///
/// # Errors
/// Returns what could not be read, written or understood.
pub fn write(mirror: &Mirror, tokio: &Path, folder: &Path) -> Result<Overlay, OverlayError> {
    fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    let folder = folder.canonicalize().map_err(|error| at(folder, error))?;
    let real = Manifest::read(tokio)?;
    let name = real.package("name")?;
    if name.as_str() != Some("tokio") {
        let found = name.as_str().unwrap_or_default().to_owned();
        return Err(OverlayError::NotTokio { path: real.path().to_path_buf(), found });
    }
    let version = real.package("version")?.as_str().unwrap_or_default().to_owned();

    let real_folder = folder.join(REAL);
    copy(&tokio.join("src"), &real_folder.join("src"))?;
    write_manifest(&real_folder, &renamed(&real))?;

    let mut sources = Sources { folder: &folder, real: &real_folder, placed: BTreeMap::new() };
    let Some(facade_folder) = sources.place(&mirror.facade)? else {
        let path = mirror.facade.join("Cargo.toml");
        return Err(OverlayError::Missing { path, key: "dependencies.coyote-shim".to_owned() });
    };

    let tokio_folder = folder.join("tokio");
    write_manifest(&tokio_folder, &in_place_of(&real, &real_folder, &facade_folder)?)?;
    write_if_changed(&tokio_folder.join("src/lib.rs"), LIB)?;

    let config = folder.join("config.toml");
    let patch = |folder: &Path| Value::Table(Table::from_iter([("path".to_owned(), text(folder))]));
    let crates_io = Table::from_iter([
        ("tokio".to_owned(), patch(&tokio_folder)),
        ("coyote-rs".to_owned(), patch(&facade_folder)),
    ]);
    let patches = Table::from_iter([("crates-io".to_owned(), Value::Table(crates_io))]);
    let content = Table::from_iter([("patch".to_owned(), Value::Table(patches))]);
    write_if_changed(&config, &content.to_string())?;
    Ok(Overlay { config, version })
}

/// The root of the package that bears tokio's name.
const LIB: &str = "\
//! The controlled mirror of tokio, under its name.

#[doc(hidden)]
pub use coyote::__private;
pub use coyote::tokio::*;
";

/// The manifest of tokio under another name, without what is there for its own tests.
fn renamed(real: &Manifest) -> Table {
    let mut table = real.table().clone();
    for key in ["dev-dependencies", "test", "bench", "example"] {
        table.remove(key);
    }
    if let Some(targets) = table.get_mut("target").and_then(Value::as_table_mut) {
        for (_, target) in targets.iter_mut() {
            if let Some(target) = target.as_table_mut() {
                target.remove("dev-dependencies");
            }
        }
    }
    if let Some(package) = table.get_mut("package").and_then(Value::as_table_mut) {
        package.insert("name".to_owned(), Value::String(REAL.to_owned()));
        package.remove("readme");
    }
    table.insert("lints".to_owned(), allow_warnings());
    table
}

/// The manifest of the mirror under tokio's name, version and features.
fn in_place_of(real: &Manifest, real_folder: &Path, facade: &Path) -> Result<Table, OverlayError> {
    let features = real.features().into_iter().map(|feature| {
        let passed_on = Value::Array(vec![Value::String(format!("{REAL}/{feature}"))]);
        (feature, passed_on)
    });
    let mut features = Table::from_iter(features);
    features.insert("default".to_owned(), Value::Array(Vec::new()));
    let control = Value::Array(vec![Value::String("control".to_owned())]);
    let coyote = Table::from_iter([
        ("package".to_owned(), Value::String("coyote-rs".to_owned())),
        ("path".to_owned(), text(facade)),
        ("features".to_owned(), control),
    ]);
    let inner = Table::from_iter([("path".to_owned(), text(real_folder))]);
    let dependencies = Table::from_iter([
        ("coyote".to_owned(), Value::Table(coyote)),
        (REAL.to_owned(), Value::Table(inner)),
    ]);
    let package = Table::from_iter([
        ("name".to_owned(), real.package("name")?),
        ("version".to_owned(), real.package("version")?),
        ("edition".to_owned(), Value::String("2021".to_owned())),
    ]);
    Ok(Table::from_iter([
        ("package".to_owned(), Value::Table(package)),
        ("features".to_owned(), Value::Table(features)),
        ("dependencies".to_owned(), Value::Table(dependencies)),
    ]))
}

/// The packages of this project that have a manifest of their own in the overlay: those that depend on tokio, by
/// themselves or by others.
struct Sources<'a> {
    folder: &'a Path,
    real: &'a Path,
    /// By the package's own folder: where its other manifest is, if it needs one.
    placed: BTreeMap<PathBuf, Option<PathBuf>>,
}

impl Sources<'_> {
    /// Writes another manifest for the package in `source` if it needs one, and returns its folder.
    fn place(&mut self, source: &Path) -> Result<Option<PathBuf>, OverlayError> {
        let source = source.canonicalize().map_err(|error| at(source, error))?;
        if let Some(placed) = self.placed.get(&source) {
            return Ok(placed.clone());
        }
        let manifest = Manifest::read(&source)?;
        let mut dependencies = manifest.dependencies()?;
        let mut needs_one = false;
        for (name, dependency) in &mut dependencies {
            let package = dependency.get("package").and_then(Value::as_str).unwrap_or(name);
            if package == "tokio" {
                point_to(dependency, self.real);
                dependency.insert("package".to_owned(), Value::String(REAL.to_owned()));
                needs_one = true;
            } else if let Some(path) = dependency.get("path").and_then(Value::as_str)
                && let Some(placed) = self.place(&PathBuf::from(path))?
            {
                point_to(dependency, &placed);
                needs_one = true;
            }
        }
        let placed = if needs_one {
            let name = manifest.package("name")?;
            let folder = self.folder.join(name.as_str().unwrap_or_default());
            write_manifest(&folder, &manifest.elsewhere(dependencies)?)?;
            Some(folder)
        } else {
            None
        };
        self.placed.insert(source, placed.clone());
        Ok(placed)
    }
}

/// Makes a dependency one by path alone.
fn point_to(dependency: &mut Table, folder: &Path) {
    dependency.remove("version");
    dependency.insert("path".to_owned(), text(folder));
}

fn write_manifest(folder: &Path, manifest: &Table) -> Result<(), OverlayError> {
    write_if_changed(&folder.join("Cargo.toml"), &manifest.to_string())
}

fn write_if_changed(path: &Path, content: &str) -> Result<(), OverlayError> {
    if fs::read_to_string(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| at(folder, error))?;
    }
    fs::write(path, content).map_err(|error| at(path, error))
}

/// Copies a folder's files, text all of them, and those of the folders in it.
fn copy(from: &Path, to: &Path) -> Result<(), OverlayError> {
    for entry in fs::read_dir(from).map_err(|error| at(from, error))? {
        let source = entry.map_err(|error| at(from, error))?.path();
        let target = to.join(source.file_name().unwrap_or_default());
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            let content = fs::read_to_string(&source).map_err(|error| at(&source, error))?;
            write_if_changed(&target, &content)?;
        }
    }
    Ok(())
}

fn at(path: &Path, error: io::Error) -> OverlayError {
    OverlayError::File { path: path.to_path_buf(), error }
}
