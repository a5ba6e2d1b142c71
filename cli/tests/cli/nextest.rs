//! Beside `cargo nextest`, if that is installed.

use std::process::Command;

use super::fixture::{Ended, clean, folder, project};

#[test]
fn nextest_explores_and_the_report_names_its_command() {
    let is_installed = Command::new("cargo").args(["nextest", "--version"]).output();
    if !is_installed.is_ok_and(|output| output.status.success()) {
        eprintln!("cargo-nextest is not installed");
        return;
    }
    let out = folder("nextest");
    let mut command = Command::new("cargo");
    clean(&mut command);
    command.args(["nextest", "run", "--no-fail-fast", "--features", "coyote", "--lib"]);
    let output = command.current_dir(&project().folder).env("COYOTE_OUT", &out).output();
    let ended = Ended::of(output.expect("cargo can be started"));
    assert_eq!(ended.code, Some(100), "{ended:#?}");
    for part in ["2 passed, 1 failed", "overdrawn", "cargo nextest run", "'test(=tests::nobody_overdraws)'"] {
        assert!(ended.stderr.contains(part), "no {part:?} in {}", ended.stderr);
    }
}
