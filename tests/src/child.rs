//! Tests that run again in a process of their own.

use std::env;
use std::ffi::OsStr;
use std::process::{Command, ExitStatus};

/// What a child process came to.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub status: ExitStatus,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
}

impl Ended {
    /// Returns what follows `key` and a tab on the one line of the standard output that begins so.
    ///
    /// # Panics
    /// Panics, showing everything, if there is no such line.
    #[track_caller]
    pub fn value(&self, key: &str) -> &str {
        // The test harness writes `test name ... ` before the first line of a test.
        let value = |line: &'_ str| line.find(&format!("{key}\t")).map(|at| at + key.len() + 1);
        let found = self.stdout.lines().find_map(|line| value(line).map(|at| &line[at..]));
        found.unwrap_or_else(|| panic!("no {key} in {self:#?}"))
    }

    /// Asserts that the test failed as tests fail, by a panic that has all of these in its message.
    ///
    /// # Panics
    /// Panics, showing everything, if not.
    #[track_caller]
    pub fn fails_with(&self, parts: &[&str]) {
        assert_eq!(self.status.code(), Some(101), "{self:#?}");
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {self:#?}");
        }
        let ours =
            |line: &str| line.contains("panicked at engine/src/") || line.contains("panicked at shim/src/");
        assert!(!self.stderr.lines().any(ours), "a panic from inside the engine: {self:#?}");
    }

    /// Asserts that the test passed.
    ///
    /// # Panics
    /// Panics, showing everything, if not.
    #[track_caller]
    pub fn passes(&self) {
        assert!(self.status.success(), "{self:#?}");
    }
}

/// Runs one `#[ignore]`d test of this test program in a new process.
///
/// The process inherits the environment, without any setting of ours, and with `settings`.
///
/// # Panics
/// Panics if no process can be started, or it ran no such test.
pub fn run<V: AsRef<OsStr>>(test: &str, settings: &[(&str, V)]) -> Ended {
    let ended = start(test, settings, &["--nocapture"]);
    assert!(ended.stdout.contains("running 1 test"), "there is no test {test}: {ended:#?}");
    ended
}

/// As [`run`], with the harness showing the test's output only if it fails.
///
/// # Panics
/// As [`run`].
pub fn run_captured<V: AsRef<OsStr>>(test: &str, settings: &[(&str, V)]) -> Ended {
    let ended = start(test, settings, &[]);
    assert!(ended.stdout.contains("running 1 test"), "there is no test {test}: {ended:#?}");
    ended
}

fn start<V: AsRef<OsStr>>(test: &str, settings: &[(&str, V)], options: &[&str]) -> Ended {
    let mut command = Command::new(env::current_exe().expect("a test program has a path"));
    command.args([test, "--exact", "--ignored", "--test-threads=1"]).args(options);
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("COYOTE") {
            command.env_remove(name);
        }
    }
    // The wrong programs of these suites are not to be kept in the repository.
    command.env("COYOTE_REGRESSIONS", "off");
    command.envs(settings.iter().map(|(name, value)| (name, value.as_ref())));
    let output = command.output().expect("a child process can be started");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ended { status: output.status, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Returns a setting of the suite itself, as given to this process.
#[expect(clippy::disallowed_methods, reason = "the settings of the suite, not of what it tests")]
pub fn setting(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Returns how many there are to be: `few`, or what the environment says.
///
/// # Panics
/// Panics if the environment says no number.
pub fn count(name: &str, few: u64) -> u64 {
    setting(name).map_or(few, |text| text.parse().unwrap_or_else(|_| panic!("{name}={text}: write a number")))
}
