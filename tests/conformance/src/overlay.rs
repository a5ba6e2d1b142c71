//! The generated workspace: tokio under another name, the mirror under tokio's, and the tests.
//!
//! ```text
//! target/conformance/
//!     overlay/real-tokio/   a copy of the registry's tokio, called `real-tokio`
//!     overlay/tokio/        shim/swap/tokio, called `tokio`, with the version that is locked
//!     overlay/coyote-*/     the packages below it, whose tokio is `real-tokio`, and shim/swap/futures
//!     tests/                the tests, with all of tokio's features
//! ```
//!
//! The packages of the mirror are manifests only: their source stays where it is. `[patch.crates-io]`
//! then gives the mirror to tokio-util, tokio-stream and tokio-test too.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use toml::{Table, Value};

use crate::error::{Error, Result, at, content};
use crate::rewritten::rewritten;

/// Files that need an operating system, by the beginnings of their names. Files for unstable or other
/// platforms' features stay: they compile to nothing.
const NOT_PORTABLE: [&str; 13] = [
    "fs",
    "io_async_fd",
    "io_driver",
    "io_poll_aio",
    "net_",
    "process_",
    "signal_",
    "tcp_",
    "udp",
    "uds_",
    "unix_shutdown",
    // Nothing in them runs: they assert what compiles, and `xtask api-coverage` does that.
    "_require_full",
    "async_send_sync",
];

/// What the tests need besides tokio; the versions are those of tokio's own manifest.
const DEPENDENCIES: &str = r#"
async-stream = "0.3"
bytes = "1"
futures-concurrency = "7.6"
futures-test = "0.3.31"
libc = "0.2"
mockall = "0.13"
nix = { version = "0.31", default-features = false, features = ["aio", "fs", "socket"] }
pin-project-lite = "0.2.11"
proptest = "1"
rand = "0.9"
socket2 = "0.6"
tempfile = "3.1"
tokio-stream = "0.1"
tokio-test = "0.4"
tokio-util = { version = "0.7", features = ["rt"] }
"#;

/// The generated workspace.
pub(crate) struct Workspace {
    /// Where its manifest is.
    pub(crate) root: PathBuf,
    /// The files of tests, without `.rs`.
    pub(crate) files: Vec<String>,
}

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    manifest_path: PathBuf,
}

/// Generates the workspace; with `control`, the tests are rewritten for the mirror.
pub(crate) fn generate(control: bool) -> Result<Workspace> {
    let metadata = metadata()?;
    let is_tokio = |package: &&Package| package.name == "tokio" && package.source.is_some();
    let tokio = metadata.packages.iter().find(is_tokio).ok_or_else(|| Error::Command {
        command: "cargo metadata".to_owned(),
        problem: "tokio is no dependency of this workspace any more".to_owned(),
    })?;
    let source = tokio.manifest_path.parent().unwrap_or(Path::new("/"));
    let root = metadata.target_directory.join("conformance");
    let overlay = Overlay {
        workspace: read(&metadata.workspace_root.join("Cargo.toml"))?,
        repository: metadata.workspace_root,
        folder: root.join("overlay"),
        version: tokio.version.clone(),
    };
    let manifest = overlay.rename_tokio(source)?;
    let mut done = BTreeSet::new();
    overlay.package(&overlay.repository.join("shim/swap/tokio"), &mut done)?;
    overlay.package(&overlay.repository.join("shim/swap/futures"), &mut done)?;
    overlay.package(&overlay.repository.clone(), &mut done)?;
    let files = tests(source, &root, control)?;
    overlay.write_tests_manifest(&root, &manifest)?;
    Ok(Workspace { root, files })
}

/// Has cargo fetch the locked packages, and asks where they are.
fn metadata() -> Result<Metadata> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    let error = |problem: String| Error::Command { command: "cargo metadata --locked".to_owned(), problem };
    let output = cargo.output().map_err(|problem| error(problem.to_string()))?;
    if !output.status.success() {
        return Err(error(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|problem| error(problem.to_string()))
}

/// Copies the portable tests, and returns their names.
fn tests(source: &Path, root: &Path, control: bool) -> Result<Vec<String>> {
    let folder = root.join("tests/tests");
    let mut files = Vec::new();
    for (path, name) in rust_files(&source.join("tests"))? {
        if !NOT_PORTABLE.iter().any(|prefix| name.starts_with(prefix)) {
            write_test(&path, &folder.join(format!("{name}.rs")), control)?;
            files.push(name);
        }
    }
    for (path, name) in rust_files(&source.join("tests/support"))? {
        write_test(&path, &folder.join(format!("support/{name}.rs")), control)?;
    }
    files.sort();
    Ok(files)
}

fn write_test(from: &Path, to: &Path, control: bool) -> Result<()> {
    let text = if control { rewritten(from)? } else { at(from, fs::read_to_string(from))? };
    write(to, &text)
}

fn rust_files(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for entry in at(folder, fs::read_dir(folder))? {
        let path = at(folder, entry)?.path();
        if let (Some("rs"), Some(name)) =
            (path.extension().and_then(|it| it.to_str()), path.file_stem().and_then(|it| it.to_str()))
        {
            files.push((path.clone(), name.to_owned()));
        }
    }
    Ok(files)
}

/// What the manifests are made of.
struct Overlay {
    repository: PathBuf,
    /// The manifest at the root of the repository.
    workspace: Table,
    folder: PathBuf,
    /// That of the tokio that is locked.
    version: String,
}

impl Overlay {
    /// Copies tokio under its other name; returns its manifest.
    fn rename_tokio(&self, source: &Path) -> Result<Table> {
        let target = self.folder.join("real-tokio");
        copy(&source.join("src"), &target.join("src"))?;
        copy(&source.join("docs"), &target.join("docs"))?;
        at(&target, fs::copy(source.join("README.md"), target.join("README.md")))?;
        let manifest = read(&source.join("Cargo.toml"))?;
        let mut renamed = manifest.clone();
        set(&mut renamed, &["package", "name"], "real-tokio");
        for unused in ["test", "bench", "example", "bin", "dev-dependencies"] {
            renamed.remove(unused);
        }
        tables(&mut renamed, "dev-dependencies").into_iter().for_each(Table::clear);
        write(&target.join("Cargo.toml"), &renamed.to_string())?;
        Ok(manifest)
    }

    /// Writes the manifest of a package of the repository, and those of what it depends on; returns
    /// the name it has there.
    fn package(&self, source: &Path, done: &mut BTreeSet<PathBuf>) -> Result<String> {
        let path = source.join("Cargo.toml");
        let mut manifest = read(&path)?;
        let text = |manifest: &Table, field: &str| {
            manifest.get("package").and_then(|it| it.get(field)).and_then(Value::as_str).map(str::to_owned)
        };
        let own = text(&manifest, "name").ok_or_else(|| content(&path, "there is no package name"))?;
        let is_mirror = own == "coyote-tokio";
        let name = if is_mirror { "tokio".to_owned() } else { own };
        if !done.insert(source.to_owned()) {
            return Ok(name);
        }
        for unused in ["workspace", "profile", "lints", "test", "bench", "example", "bin", "dev-dependencies"]
        {
            manifest.remove(unused);
        }
        let shared = self.workspace.get("workspace").and_then(|it| it.get("package")).cloned();
        for (field, value) in tables(&mut manifest, "package").into_iter().flatten() {
            if value.get("workspace").is_some() {
                let shared = shared.as_ref().and_then(|it| it.get(field));
                *value = shared.ok_or_else(|| content(&path, format!("no workspace {field}")))?.clone();
            }
        }
        set(&mut manifest, &["package", "name"], name.as_str());
        for found in ["autobins", "autoexamples", "autotests", "autobenches"] {
            set(&mut manifest, &["package", found], false);
        }
        if is_mirror {
            set(&mut manifest, &["package", "version"], self.version.as_str());
            set(&mut manifest, &["lib", "name"], "tokio");
        }
        let lib = manifest.get("lib").and_then(|it| it.get("path")).and_then(Value::as_str);
        let lib = source.join(lib.unwrap_or("src/lib.rs")).display().to_string();
        set(&mut manifest, &["lib", "path"], lib);
        if source.join("build.rs").exists() {
            set(&mut manifest, &["package", "build"], source.join("build.rs").display().to_string());
        }
        let mut dependencies = Vec::new();
        for (key, value) in tables(&mut manifest, "dependencies").into_iter().flatten() {
            *value = self.dependency(source, key, value, done)?;
            dependencies.push(key.clone());
        }
        write(&self.folder.join(&name).join("Cargo.toml"), &manifest.to_string())?;
        Ok(name)
    }

    /// Returns a dependency with what the workspace says of it, and with a path to its overlay.
    fn dependency(
        &self,
        source: &Path,
        key: &str,
        value: &Value,
        done: &mut BTreeSet<PathBuf>,
    ) -> Result<Value> {
        let table = |value: &Value| match value {
            Value::Table(table) => table.clone(),
            version => Table::from_iter([("version".to_owned(), version.clone())]),
        };
        let mut own = table(value);
        let mut base = source;
        if own.remove("workspace").is_some() {
            let shared = self.workspace.get("workspace").and_then(|it| it.get("dependencies")?.get(key));
            let shared = shared.ok_or_else(|| content(source, format!("no workspace dependency {key}")))?;
            base = &self.repository;
            for (field, value) in table(shared) {
                own.entry(field).or_insert(value);
            }
        }
        if let Some(path) = own.get("path").and_then(Value::as_str) {
            let path = base.join(path);
            let path = at(&path, path.canonicalize())?;
            let name = self.package(&path, done)?;
            own.insert("path".to_owned(), self.folder.join(&name).display().to_string().into());
            // A key beside `package` would be the name the code has to use, in place of the library's own.
            if name != key {
                own.insert("package".to_owned(), name.into());
            }
            own.remove("version");
        } else if own.get("package").and_then(Value::as_str).unwrap_or(key) == "tokio" {
            own.insert("path".to_owned(), self.folder.join("real-tokio").display().to_string().into());
            own.insert("package".to_owned(), "real-tokio".into());
        }
        Ok(Value::Table(own))
    }

    /// Writes the manifest of the tests and that of their workspace.
    fn write_tests_manifest(&self, root: &Path, tokio: &Table) -> Result<()> {
        // A feature that is not declared takes the tests behind it away without a word.
        let mut features = Table::new();
        for name in tokio.get("features").and_then(Value::as_table).into_iter().flat_map(Table::keys) {
            let is_ours = matches!(name.as_str(), "default" | "io-uring" | "schedule-latency" | "taskdump");
            features.insert(name.clone(), Value::Array(Vec::new()));
            if !is_ours {
                let default = features.entry("default").or_insert(Value::Array(Vec::new()));
                default.as_array_mut().expect("it is a list").push(name.clone().into());
            }
        }
        let coyote = ["dep:coyote", "tokio/coyote", "futures/coyote"].map(Value::from).to_vec();
        features.insert("coyote".to_owned(), Value::Array(coyote));
        let features = Table::from_iter([("features".to_owned(), Value::Table(features))]);
        let folder = self.folder.display();
        // One of the tests looks for the homepage.
        let manifest = format!(
            "[package]\nname = \"tokio-tests\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\
             homepage = \"https://tokio.rs\"\n\n{features}\n[dependencies]{DEPENDENCIES}\
             tokio = {{ version = \"={version}\", features = [\"full\", \"test-util\"] }}\n\
             futures = {{ package = \"coyote-futures\", path = \"{folder}/coyote-futures\" }}\n\
             coyote = {{ package = \"coyote-rs\", path = \"{folder}/coyote-rs\", features = [\"control\"], \
             optional = true }}\n\n[lints.rust]\nwarnings = \"allow\"\nunexpected_cfgs = \"allow\"\n",
            version = self.version,
        );
        write(&root.join("tests/Cargo.toml"), &manifest)?;
        write(&root.join("tests/src/lib.rs"), "")?;
        let mut profile = self.workspace.get("profile").cloned().unwrap_or(Value::Table(Table::new()));
        if let Some(dev) = profile.get_mut("dev").and_then(Value::as_table_mut) {
            dev.insert("debug".to_owned(), false.into());
        }
        let profile = Table::from_iter([("profile".to_owned(), profile)]);
        let manifest = format!(
            "[workspace]\nresolver = \"2\"\nmembers = [\"tests\"]\nexclude = [\"overlay\"]\n\n\
             [patch.crates-io]\ntokio = {{ path = \"overlay/tokio\" }}\n\n{profile}"
        );
        write(&root.join("Cargo.toml"), &manifest)
    }
}

/// Returns the tables of that name, at the top or inside of `[target.'…']`.
fn tables<'a>(manifest: &'a mut Table, name: &str) -> Vec<&'a mut Table> {
    let mut found = Vec::new();
    for (key, value) in manifest.iter_mut() {
        let Value::Table(table) = value else { continue };
        if key == name {
            found.push(table);
        } else if key == "target" {
            let targets = table.iter_mut().filter_map(|(_, target)| target.as_table_mut());
            found.extend(targets.filter_map(|target| target.get_mut(name)?.as_table_mut()));
        }
    }
    found
}

/// Sets a field of a table, which is created if it is not there.
fn set(manifest: &mut Table, path: &[&str], value: impl Into<Value>) {
    let (last, tables) = path.split_last().expect("a path");
    let mut table = manifest;
    for name in tables {
        let entry = table.entry(*name).or_insert(Value::Table(Table::new()));
        table = entry.as_table_mut().expect("a table");
    }
    table.insert((*last).to_owned(), value.into());
}

fn read(path: &Path) -> Result<Table> {
    let text = at(path, fs::read_to_string(path))?;
    text.parse().map_err(|error: toml::de::Error| content(path, error))
}

/// Writes a file, unless it is there already: cargo compiles again what is newer.
fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("/"));
    at(folder, fs::create_dir_all(folder))?;
    at(path, fs::write(path, text))
}

/// Copies a folder of text files.
fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in at(from, fs::read_dir(from))? {
        let path = at(from, entry)?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else if let Ok(text) = fs::read_to_string(&path) {
            write(&target, &text)?;
        }
    }
    Ok(())
}
