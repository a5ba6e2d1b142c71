//! The project, and how the program is run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Ended {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// Asserts that it ended with this code, and said all of these on standard error.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, parts: &[&str]) -> &Ended {
        assert_eq!(self.code, Some(code), "{self:#?}");
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in\n{}", self.stderr);
        }
        assert!(!self.stderr.contains("panicked at cli/"), "{self:#?}");
        self
    }
}

/// The manifest of the project before `init`: that of a new package, and how it is compiled. Other settings would have
/// tokio, and what else the workspace has compiled already, compiled again.
const MANIFEST: &str = r#"[package]
name = "planted"
version = "0.1.0"
edition = "2024"

# A project of its own, though it lies in another's target folder.
[workspace]

[dependencies]
tokio = { version = "1", features = ["full"] }   # the real one

[profile.dev]
debug = "line-tables-only"
[profile.dev.package."*"]
debug = false
[profile.dev.package]
tokio = { opt-level = 0 }
"#;

/// A program with a bug, and its tests, as they are without Coyote.
const LIB: &str = r#"//! An ordinary program.

use tokio::sync::Mutex;

pub struct Account {
    balance: Mutex<i64>,
}

impl Account {
    pub fn new(balance: i64) -> Self {
        Account { balance: Mutex::new(balance) }
    }

    /// Planted: nobody keeps another withdrawal from coming in between.
    pub async fn withdraw(&self, amount: i64) -> bool {
        if *self.balance.lock().await < amount {
            return false;
        }
        *self.balance.lock().await -= amount;
        true
    }

    pub async fn deposit(&self, amount: i64) {
        *self.balance.lock().await += amount;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn nobody_overdraws() {
        let account = Arc::new(Account::new(100));
        let other = tokio::spawn({
            let account = account.clone();
            async move { account.withdraw(70).await }
        });
        account.withdraw(70).await;
        other.await.unwrap();
        assert!(*account.balance.lock().await >= 0, "overdrawn");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn deposits_add_up() {
        let account = Arc::new(Account::new(0));
        let other = tokio::spawn({
            let account = account.clone();
            async move { account.deposit(70).await }
        });
        account.deposit(30).await;
        other.await.unwrap();
        assert_eq!(*account.balance.lock().await, 100);
    }

    #[test]
    fn plain() {}
}
"#;

/// What somebody writes who knows Coyote.
const MORE: &str = r#"//! Tests that the others ask for by name.

#[coyote::test(iterations = 4000000000, timeout = "0s")]
#[ignore]
async fn endless() {
    // Once: whoever reads the file must not see it empty because a later execution writes it again.
    if let Some(path) = std::env::var_os("PLANTED_PROCESS").filter(|path| !std::path::Path::new(path).exists()) {
        std::fs::write(path, std::process::id().to_string()).unwrap();
    }
    let task = tokio::spawn(tokio::task::yield_now());
    tokio::task::yield_now().await;
    task.await.unwrap();
}

#[coyote::test]
#[ignore]
async fn slow_to_shrink() {
    // In earnest, so that 500 executions take longer than anybody waits.
    std::thread::sleep(std::time::Duration::from_millis(50));
    let task = tokio::spawn(tokio::task::yield_now());
    let (first, second) = (coyote::choose(100), coyote::choose(100));
    task.await.unwrap();
    assert!(first + second > 1000, "always wrong");
}

#[coyote::test]
#[ignore]
async fn two_bugs() {
    let task = tokio::spawn(tokio::task::yield_now());
    match coyote::choose(4) {
        1 => panic!("the first"),
        2 => panic!("the second"),
        _ => task.await.unwrap(),
    }
}

#[coyote::test(iterations = 10)]
#[ignore]
async fn long() {
    let task = tokio::spawn(async {
        for _ in 0..300 {
            tokio::task::yield_now().await;
        }
    });
    for _ in 0..300 {
        tokio::task::yield_now().await;
    }
    task.await.unwrap();
}

#[coyote::test(expect = "bug", message = "as meant")]
#[ignore]
async fn meant_to_fail() {
    assert_eq!(coyote::choose(2), 0, "as meant");
}

#[test]
#[ignore]
fn plain_fails() {
    println!("the reason");
    assert_eq!(1, 2, "plainly wrong");
}

#[test]
#[ignore]
fn exits() {
    std::process::exit(7);
}
"#;

/// The folder of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("this is a folder")
}

/// The target folder that this was built in, which all builds of these tests share.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is below").to_path_buf()
}

/// A folder for a test of this name, empty.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-coyote").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("it can be made");
    folder
}

/// Writes a file, unless it is so already: then nothing is compiled again for it.
pub(crate) fn write(path: &Path, content: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == content) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("it can be made");
    fs::write(path, content).expect("it can be written");
}

/// The program, to be run in a folder.
pub(crate) fn coyote(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-coyote"));
    command.current_dir(folder).arg("coyote");
    clean(&mut command);
    command
}

/// Takes away what the harness, or whoever runs these tests, has set.
pub(crate) fn clean(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if ["COYOTE", "CARGO_PKG", "CARGO_MANIFEST", "NEXTEST"].iter().any(|ours| name.starts_with(ours)) {
            command.env_remove(&*name);
        }
    }
    command.env("CARGO_TARGET_DIR", target()).env("COYOTE_REGRESSIONS", "off").env("NO_COLOR", "1");
}

/// Runs the program with these words.
pub(crate) fn run(folder: &Path, line: &str) -> Ended {
    let output = coyote(folder).args(line.split_whitespace()).output();
    Ended::of(output.expect("the program can be started"))
}

/// The project, prepared.
pub(crate) struct Project {
    pub(crate) folder: PathBuf,
    /// What `init` said, the first time and the second.
    pub(crate) prepared: [Ended; 2],
}

impl Project {
    /// Runs the program in the project, with reports in a folder of the test's own.
    pub(crate) fn run(&self, out: &Path, line: &str) -> Ended {
        let (command, words) = line.split_once(' ').unwrap_or((line, ""));
        let mut given = coyote(&self.folder);
        given.arg(command).arg("--outdir").arg(out).args(words.split_whitespace());
        let output = given.output();
        Ended::of(output.expect("the program can be started"))
    }
}

/// Returns the project; it is made, and prepared, once.
pub(crate) fn project() -> &'static Project {
    static PROJECT: OnceLock<Project> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cargo-coyote-planted");
        write(&folder.join("src/lib.rs"), LIB);
        write(&folder.join("tests/more.rs"), MORE);
        write(&folder.join("Cargo.toml"), MANIFEST);
        // The very versions that are compiled already.
        let lock = fs::read_to_string(repository().join("Cargo.lock")).expect("the workspace has one");
        write(&folder.join("Cargo.lock"), &lock);
        drop(fs::remove_file(folder.join("tests/coyote.rs")));
        let init = || {
            let mut command = coyote(&folder);
            command.args(["init", "--path"]).arg(repository());
            Ended::of(command.output().expect("the program can be started"))
        };
        let prepared = [init(), init()];
        Project { folder, prepared }
    })
}

/// Returns the one trace in a folder of reports.
pub(crate) fn trace(out: &Path) -> PathBuf {
    let mut traces = Vec::new();
    for test in fs::read_dir(out).expect("there are reports").filter_map(Result::ok) {
        for file in fs::read_dir(test.path()).into_iter().flatten().filter_map(Result::ok) {
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(".trace") && !name.contains(".original.") {
                traces.push(file.path());
            }
        }
    }
    assert_eq!(traces.len(), 1, "{traces:?}");
    traces.remove(0)
}
