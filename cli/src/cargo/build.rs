//! `cargo test --no-run`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use super::cargo;
use super::control::Selection;
use super::metadata::{Metadata, Package, Target, no_cargo};
use crate::arguments::BuildArguments;
use crate::error::Error;
use crate::{harness, interrupt};

/// A test program that cargo has built.
#[derive(Clone, Debug)]
pub(crate) struct TestProgram {
    /// The package, and the target if that is not its library: `package`, `package::target`.
    pub(crate) id: String,
    /// The crate's name, with which the names of its tests begin in reports.
    pub(crate) crate_name: String,
    pub(crate) path: PathBuf,
    /// The package's folder, where its tests run.
    pub(crate) folder: PathBuf,
    /// What cargo sets for a test it runs.
    pub(crate) variables: Vec<(String, OsString)>,
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact(Artifact),
    BuildScriptExecuted(Script),
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Artifact {
    package_id: String,
    target: Target,
    profile: Profile,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Deserialize)]
struct Script {
    package_id: String,
    #[serde(default)]
    linked_paths: Vec<String>,
    #[serde(default)]
    env: Vec<(String, String)>,
    out_dir: PathBuf,
}

/// Builds test programs. What cargo says of it goes to standard error.
///
/// # Errors
/// Returns that cargo failed; it has said why.
pub(crate) fn build(
    all: &Metadata,
    selection: &Selection<'_>,
    arguments: &BuildArguments,
) -> Result<Vec<TestProgram>, Error> {
    let mut command = cargo();
    command.args(["test", "--no-run", "--message-format", "json-render-diagnostics"]);
    for package in &selection.packages {
        command.args(["-p", &package.id]);
    }
    let features: Vec<&str> =
        selection.features.iter().chain(&arguments.features).map(String::as_str).collect();
    if !features.is_empty() {
        command.args(["--features", &features.join(",")]);
    }
    add_flags(&mut command, arguments);
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(no_cargo)?;
    let output = child.stdout.take().expect("the output was asked for");
    let watched = Watched::new(child.id());
    let (mut artifacts, mut scripts) = (Vec::new(), BTreeMap::new());
    for line in BufReader::new(output).lines().map_while(Result::ok) {
        // A build script, or a macro, may print what it likes.
        match serde_json::from_str(&line) {
            Ok(Message::CompilerArtifact(artifact)) if artifact.profile.test => artifacts.push(artifact),
            Ok(Message::BuildScriptExecuted(script)) => {
                drop(scripts.insert(script.package_id.clone(), script))
            }
            _ => {}
        }
    }
    let status = child.wait().map_err(no_cargo)?;
    drop(watched);
    if interrupt::asked() > 0 {
        return Err(Error::Interrupted);
    }
    if !status.success() {
        return Err(Error::Cargo { what: "test --no-run" });
    }
    let libraries = library_path(all, arguments, &scripts);
    let programs = artifacts.into_iter().filter_map(|artifact| {
        let package = selection.packages.iter().find(|package| package.id == artifact.package_id)?;
        let path = artifact.executable?;
        let mut variables = variables(package, scripts.get(&package.id));
        variables.extend(libraries.clone().map(|value| (LIBRARY_PATH.to_owned(), value)));
        Some(TestProgram {
            id: program_id(package, &artifact.target),
            crate_name: artifact.target.name.replace('-', "_"),
            path,
            folder: package.folder().to_path_buf(),
            variables,
        })
    });
    Ok(programs.collect())
}

/// Passes Ctrl-C on to cargo, which a terminal tells by itself, but nobody else does.
struct Watched(Arc<AtomicBool>);

impl Watched {
    fn new(process: u32) -> Watched {
        let is_over = Arc::new(AtomicBool::new(false));
        let theirs = Arc::clone(&is_over);
        thread::spawn(move || {
            while !theirs.load(Ordering::SeqCst) {
                if interrupt::asked() > 0 {
                    return harness::interrupt(process);
                }
                thread::sleep(Duration::from_millis(50));
            }
        });
        Watched(is_over)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn add_flags(command: &mut Command, arguments: &BuildArguments) {
    let flags = [
        (arguments.lib, "--lib"),
        (arguments.bins, "--bins"),
        (arguments.tests, "--tests"),
        (arguments.all_features, "--all-features"),
        (arguments.no_default_features, "--no-default-features"),
        (arguments.release, "--release"),
        (arguments.locked, "--locked"),
        (arguments.offline, "--offline"),
        (arguments.frozen, "--frozen"),
    ];
    command.args(flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag));
    let mut values = |flag: &str, values: &[String]| {
        for value in values {
            command.args([flag, value]);
        }
    };
    values("--bin", &arguments.bin);
    values("--test", &arguments.test);
    values("--profile", arguments.cargo_profile.as_slice());
    values("--target", arguments.target.as_slice());
    values("--config", &arguments.cargo_config);
    values("--jobs", arguments.build_jobs.map(|jobs| jobs.to_string()).as_slice());
    for (flag, path) in
        [("--target-dir", &arguments.target_dir), ("--manifest-path", &arguments.manifest_path)]
    {
        if let Some(path) = path {
            command.arg(flag).arg(path);
        }
    }
}

fn program_id(package: &Package, target: &Target) -> String {
    let is = |kind: &str| target.kind.iter().any(|known| known == kind);
    if is("test") {
        format!("{}::{}", package.name, target.name)
    } else if is("bin") || is("example") || is("bench") {
        format!("{}::{}/{}", package.name, target.kind[0], target.name)
    } else {
        package.name.clone()
    }
}

/// Returns what cargo sets for tests of a package.
fn variables(package: &Package, script: Option<&Script>) -> Vec<(String, OsString)> {
    let (numbers, pre) = package.version.split_once('-').unwrap_or((&package.version, ""));
    let mut numbers = numbers.splitn(3, '.');
    let mut number = || numbers.next().unwrap_or_default().to_owned();
    let (major, minor, patch) = (number(), number(), number());
    let manifest = &package.manifest_path;
    let mut variables: Vec<(String, OsString)> = vec![
        ("CARGO_MANIFEST_DIR".to_owned(), package.folder().into()),
        ("CARGO_MANIFEST_PATH".to_owned(), manifest.into()),
        ("CARGO_PKG_NAME".to_owned(), package.name.clone().into()),
        ("CARGO_PKG_VERSION".to_owned(), package.version.clone().into()),
        ("CARGO_PKG_VERSION_MAJOR".to_owned(), major.into()),
        ("CARGO_PKG_VERSION_MINOR".to_owned(), minor.into()),
        ("CARGO_PKG_VERSION_PATCH".to_owned(), patch.into()),
        ("CARGO_PKG_VERSION_PRE".to_owned(), pre.into()),
    ];
    if let Some(script) = script {
        variables.push(("OUT_DIR".to_owned(), script.out_dir.clone().into()));
        variables.extend(script.env.iter().map(|(name, value)| (name.clone(), value.into())));
    }
    variables
}

#[cfg(target_os = "macos")]
const LIBRARY_PATH: &str = "DYLD_FALLBACK_LIBRARY_PATH";
#[cfg(windows)]
const LIBRARY_PATH: &str = "PATH";
#[cfg(not(any(target_os = "macos", windows)))]
const LIBRARY_PATH: &str = "LD_LIBRARY_PATH";

/// Returns where shared libraries are looked for: where build scripts put theirs, cargo its, and as before.
fn library_path(
    all: &Metadata,
    arguments: &BuildArguments,
    scripts: &BTreeMap<String, Script>,
) -> Option<OsString> {
    let linked = scripts.values().flat_map(|script| &script.linked_paths);
    let linked = linked.map(|path| path.split_once('=').map_or(&**path, |(_kind, path)| path));
    let linked = linked.map(PathBuf::from).filter(|path| path.starts_with(&all.target_directory));
    let profile = match arguments.cargo_profile.as_deref() {
        Some("dev" | "test") => "debug",
        Some("bench") => "release",
        Some(named) => named,
        None if arguments.release => "release",
        None => "debug",
    };
    let built = all.target_directory.join(arguments.target.as_deref().unwrap_or_default()).join(profile);
    let before = std::env::var_os(LIBRARY_PATH).unwrap_or_default();
    let mut paths: Vec<PathBuf> = linked.collect();
    paths.extend([built.join("deps"), built]);
    paths.extend(std::env::split_paths(&before));
    std::env::join_paths(paths).ok()
}
