//! How long a controlled program of tokio takes to build from clean, beside the peer's.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::args::Args;
use crate::clock;

/// The program that is built: a small user of tokio.
const MAIN: &str = "\
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

#[tokio::main]
async fn main() {
    let (sender, mut receiver) = mpsc::channel(8);
    let total = Arc::new(Mutex::new(0));
    let adder = {
        let total = Arc::clone(&total);
        tokio::spawn(async move {
            while let Some(number) = receiver.recv().await {
                *total.lock().await += number;
            }
        })
    };
    for number in 0..10 {
        sender.send(number).await.unwrap();
    }
    drop(sender);
    adder.await.unwrap();
    println!(\"{}\", *total.lock().await);
}
";

/// One of the builds that are compared.
struct Build {
    name: &'static str,
    tokio: String,
    /// What else the manifest says.
    profile: &'static str,
}

/// The lines that README recommends, which optimise the engine in dev builds.
const OPTIMISED: &str = "
[profile.dev.package]
coyote-engine.opt-level = 3
coyote-shim.opt-level = 3
coyote-rs.opt-level = 3
corosensei.opt-level = 3
";

/// What a clean build came to.
struct Built {
    units: usize,
    seconds: f64,
}

/// Builds each package from clean, alternating, and prints a row for each.
///
/// # Errors
/// Returns an error if a build fails, or a file cannot be written.
pub(crate) fn run(args: &Args) -> io::Result<()> {
    let swap = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shim/swap/tokio").canonicalize()?;
    let ours =
        format!("{{ package = \"coyote-tokio\", path = {swap:?}, features = [\"full\", \"coyote\"] }}");
    let builds = [
        Build { name: "coyote-tokio", tokio: ours.clone(), profile: "" },
        Build { name: "coyote-tokio, engine optimised", tokio: ours, profile: OPTIMISED },
        Build {
            name: "shuttle-tokio",
            tokio:
                "{ package = \"shuttle-tokio\", version = \"=1.0.0\", features = [\"full\", \"shuttle\"] }"
                    .to_owned(),
            profile: "",
        },
    ];
    let folder = std::env::temp_dir().join(format!("coyote-build-time-{}", std::process::id()));
    let result = compare(args, &folder, &builds);
    fs::remove_dir_all(&folder)?;
    result
}

fn compare(args: &Args, folder: &Path, builds: &[Build]) -> io::Result<()> {
    let mut packages = Vec::new();
    for (index, build) in builds.iter().enumerate() {
        let package = folder.join(index.to_string());
        write_package(&package, build)?;
        // Downloads are no part of a build.
        cargo(&package, &["fetch"])?;
        packages.push(package);
    }
    let mut seconds = vec![Vec::new(); builds.len()];
    let mut units = vec![0; builds.len()];
    for round in 0..args.rounds {
        for (index, package) in packages.iter().enumerate() {
            let built = build_clean(package, args.jobs)?;
            eprintln!("round {}: {}: {:.1} s", round + 1, builds[index].name, built.seconds);
            seconds[index].push(built.seconds);
            units[index] = built.units;
        }
    }
    let medians: Vec<f64> = seconds.iter().map(|samples| clock::median(samples)).collect();
    let peer = medians[medians.len() - 1];
    println!("clean build, {} jobs\tunits\tseconds\tof the peer's time", args.jobs);
    for ((build, units), seconds) in builds.iter().zip(units).zip(medians) {
        println!("{}\t{units}\t{seconds:.1}\t{:.2}", build.name, seconds / peer);
    }
    Ok(())
}

/// Writes a package that belongs to no workspace.
fn write_package(package: &Path, build: &Build) -> io::Result<()> {
    let mut manifest = String::from("[workspace]\n\n[package]\nname = \"user\"\nedition = \"2024\"\n");
    let _ = write!(manifest, "\n[dependencies]\ntokio = {}\n{}", build.tokio, build.profile);
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src/main.rs"), MAIN)
}

fn build_clean(package: &Path, jobs: u32) -> io::Result<Built> {
    let target = target(package);
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    let mut messages = String::new();
    let mut result = Ok(());
    let jobs = jobs.to_string();
    let seconds = clock::seconds(|| match cargo(package, &["build", "--offline", "--jobs", &jobs]) {
        Ok(text) => messages = text,
        Err(error) => result = Err(error),
    });
    result?;
    let units = messages.lines().filter(|line| line.trim_start().starts_with("Compiling ")).count();
    Ok(Built { units, seconds })
}

fn target(package: &Path) -> PathBuf {
    package.join("target")
}

/// Runs cargo in a package, and returns what it wrote to stderr.
fn cargo(package: &Path, arguments: &[&str]) -> io::Result<String> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target(package))
        .env("CARGO_TERM_COLOR", "never")
        .env_remove("CARGO_BUILD_JOBS")
        .output()?;
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        Ok(messages)
    } else {
        Err(io::Error::other(format!(
            "cargo {} failed in {}:\n{messages}",
            arguments.join(" "),
            package.display()
        )))
    }
}
