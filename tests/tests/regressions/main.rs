//! Schedules that have failed are kept beside the tests, and repeated first.
//!
//! Each test runs one below in a process of its own, as the test of a package in a folder of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use coyote::__private::{Regressions, TestSpec};
use coyote_tests::child::{self, Ended};
use tokio::sync::Mutex;

const PACKAGE: &str = "COYOTE_SUITE_PACKAGE";
const FIXED: &str = "COYOTE_SUITE_FIXED";
const HINT: &str = "repeated first from now on; keep it under version control";

fn spec() -> TestSpec {
    let package = child::setting(PACKAGE).expect("the package is named");
    TestSpec::new("a_package::tests", "adds", &package)
}

/// Adds one, under one lock or, wrongly, in two steps.
async fn add(number: Arc<Mutex<i32>>, is_fixed: bool) {
    if is_fixed {
        *number.lock().await += 1;
        return;
    }
    let seen = *number.lock().await;
    *number.lock().await = seen + 1;
}

/// Adds from two tasks.
async fn adds() {
    let is_fixed = child::setting(FIXED).is_some();
    let number = Arc::new(Mutex::new(0));
    let other = tokio::spawn(add(Arc::clone(&number), is_fixed));
    add(Arc::clone(&number), is_fixed).await;
    other.await.expect("the task does not panic");
    assert_eq!(*number.lock().await, 2, "an addition was lost");
    if is_fixed {
        // There is more to decide than there was.
        let more: Vec<_> = (0..8).map(|_| tokio::spawn(tokio::task::yield_now())).collect();
        for task in more {
            task.await.expect("the task does not panic");
        }
    }
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn as_found() {
    spec().run_async(adds);
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn told_not_to_keep() {
    spec().regressions(Regressions::Off).run_async(adds);
}

#[test]
#[ignore = "run by the tests below, in a process of its own"]
fn expected() {
    spec().expect_bug(Some("an addition was lost")).run_async(adds);
}

/// A package's folder, made anew.
struct Package(PathBuf);

impl Package {
    fn new(name: &str) -> Package {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("regressions").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("the folder can be removed");
        }
        fs::create_dir_all(&folder).expect("the folder can be created");
        Package(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("coyote-regressions").join("a_package.tests.adds.txt")
    }

    fn content(&self) -> String {
        fs::read_to_string(self.file()).expect("the file is there")
    }

    fn run(&self, test: &str, settings: &[(&str, &str)]) -> Ended {
        child::run(test, &self.with(settings))
    }

    /// As [`Package::run`], with the harness showing what the test prints only if it fails.
    fn run_captured(&self, test: &str, settings: &[(&str, &str)]) -> Ended {
        child::run_captured(test, &self.with(settings))
    }

    fn with<'a>(&self, settings: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
        let (folder, out) = (self.0.display().to_string(), self.0.join("out").display().to_string());
        let mut all = vec![(PACKAGE, folder), ("COYOTE_OUT", out)];
        all.extend(["CI", "COYOTE_REGRESSIONS"].map(|name| (name, String::new())));
        all.extend(settings.iter().map(|&(name, value)| (name, value.to_owned())));
        all
    }
}

fn is_there(path: &Path) -> bool {
    path.exists()
}

#[test]
fn a_bug_is_kept_and_repeated_first() {
    let package = Package::new("kept");
    let found = package.run("as_found", &[]);
    found.fails_with(&["found a bug", HINT, "an addition was lost"]);
    let wrote = format!("  wrote {} ({HINT})\n  wrote ", package.file().display());
    found.fails_with(&[&wrote]);
    let content = package.content();
    let traces: Vec<&str> = content.lines().filter(|line| line.starts_with("c1.")).collect();
    assert_eq!(traces.len(), 1, "{content}");
    assert!(traces[0].contains(" # task main panicked at ") && traces[0].contains("an addition was lost"));
    assert!(content.starts_with("# Schedules under which this test has failed."), "{content}");
    // A strategy that never finds the bug does not have to.
    let nothing = [("COYOTE_ITERATIONS", "1"), ("COYOTE_STRATEGY", "dfs(0)")];
    let again = package.run("as_found", &nothing);
    again.fails_with(&["a schedule that has failed before fails again: ", "a_package.tests.adds.txt:3"]);
    again.fails_with(&["it takes one preemption", "COYOTE_REPLAY="]);
    assert!(!again.stderr.contains(HINT), "{again:#?}");
    assert_eq!(package.content(), content);
}

#[test]
fn a_schedule_that_no_longer_applies_is_kept_and_said_to_be_such() {
    let package = Package::new("changed");
    package.run("as_found", &[]).fails_with(&[HINT]);
    let content = package.content();
    // The harness keeps what a test that passes prints; this it does not.
    let fixed = package.run_captured("as_found", &[(FIXED, "yes")]);
    fixed.passes();
    assert!(
        fixed.stderr.contains("txt:3 no longer applies, for the code has changed: at decision"),
        "{fixed:#?}"
    );
    assert_eq!(package.content(), content);
}

#[test]
fn what_cannot_be_used_is_said_with_its_line_and_the_test_goes_on() {
    let package = Package::new("damaged");
    let folder = package.0.join("coyote-regressions");
    fs::create_dir(&folder).expect("the folder can be created");
    fs::write(package.file(), "# mine\nhello\nc9.AAAA # old\n").expect("the file can be written");
    let fixed = package.run("as_found", &[(FIXED, "yes")]);
    fixed.passes();
    for said in ["txt:2 cannot be used: this is no trace", "txt:3 cannot be used: the trace has version 9"] {
        assert!(fixed.stderr.contains(said), "no {said:?} in {fixed:#?}");
    }
    package.run("as_found", &[]).fails_with(&[HINT]);
    assert!(package.content().starts_with("# mine\nhello\nc9.AAAA # old\nc1."), "{}", package.content());
}

#[test]
fn continuous_integration_keeps_nothing_but_says_what_to_add() {
    let package = Package::new("ci");
    let found = package.run("as_found", &[("CI", "true")]);
    found.fails_with(&["this one was not stored: this is CI", "add this line to ", "\n      c1."]);
    assert!(!is_there(&package.file()));
    package.run("as_found", &[("CI", "true"), ("COYOTE_REGRESSIONS", "on")]).fails_with(&[HINT]);
    package.run("as_found", &[("CI", "true")]).fails_with(&["fails again"]);
}

#[test]
fn a_folder_that_cannot_be_written_fails_nothing() {
    let package = Package::new("read_only");
    // Nobody can make a folder where there is a file, not even root.
    fs::write(package.0.join("coyote-regressions"), "in the way").expect("the file can be written");
    let found = package.run("as_found", &[]);
    found.fails_with(&["coyote found: task main panicked", "this one was not stored: ", "add this line to "]);
    package.run("as_found", &[(FIXED, "yes")]).passes();
}

#[test]
fn nothing_is_kept_of_what_is_expected_or_told_not_to_be() {
    let package = Package::new("off");
    package.run("expected", &[]).passes();
    package.run("told_not_to_keep", &[]).fails_with(&["an addition was lost"]);
    package.run("told_not_to_keep", &[("COYOTE_REGRESSIONS", "on")]).fails_with(&["an addition was lost"]);
    package.run("as_found", &[("COYOTE_REGRESSIONS", "off")]).fails_with(&["an addition was lost"]);
    assert!(!is_there(&package.0.join("coyote-regressions")));
}

#[test]
fn whoever_asks_for_all_bugs_gets_those_beyond_the_kept_schedule_too() {
    let package = Package::new("explored");
    package.run("as_found", &[]).fails_with(&["an addition was lost", HINT]);
    let again = package.run("as_found", &[("COYOTE_EXPLORE", "on"), ("COYOTE_ITERATIONS", "200")]);
    again.fails_with(&["a schedule that has failed before fails again", "of 200 schedules failed"]);
    // It is the same bug, and told once.
    assert_eq!(again.stderr.matches("it takes one preemption").count(), 1, "{again:#?}");
}
