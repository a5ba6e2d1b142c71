//! Ctrl-C.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::fixture::{Ended, coyote, folder, project, trace, write};

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        // A slow machine may build first.
        assert!(begin.elapsed() < Duration::from_secs(600), "waited in vain until {what}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn ctrl_c_ends_a_build() {
    let folder = folder("stopped-build");
    let manifest = "[package]\nname = \"slow-build\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n\
                    [features]\nmine = []\n";
    write(&folder.join("Cargo.toml"), manifest);
    write(&folder.join("src/lib.rs"), "");
    let began = folder.join("began");
    let script = format!(
        "fn main() {{ std::fs::write({began:?}, \"\").unwrap(); std::thread::sleep(std::time::Duration::from_secs(3600)); }}"
    );
    write(&folder.join("build.rs"), &script);
    let mut command = coyote(&folder);
    // Nobody else waits for this build.
    command.args(["test", "-F", "mine"]).env("CARGO_TARGET_DIR", folder.join("target"));
    let child =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program can be started");
    wait_until("the build is under way", || began.exists());
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill is there").success());
    Ended::of(child.wait_with_output().expect("it ends")).says(130, &["interrupted"]);
}

#[test]
fn ctrl_c_lets_what_is_found_be_written_down_first() {
    let out = folder("found");
    let mut command = coyote(&project().folder);
    command
        .args(["test", "--test", "more", "slow_to_shrink", "--outdir"])
        .arg(&out)
        .args(["--", "--ignored"]);
    let child =
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program can be started");
    let told = out.join(format!(".running-{}/0.jsonl", child.id()));
    wait_until("a bug is found, but not written down", || {
        std::fs::read_to_string(&told).is_ok_and(|text| text.contains("\"event\":\"found\""))
    });
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill is there").success());
    let ended = Ended::of(child.wait_with_output().expect("it ends"));
    ended.says(130, &["always wrong", "1 has a bug", "interrupted", "cargo coyote replay"]);
    assert!(trace(&out).is_file());
}

#[test]
fn ctrl_c_keeps_what_was_found_and_leaves_no_process_behind() {
    let out = folder("stopped");
    let process = out.join("process");
    let mut command = coyote(&project().folder);
    command.args(["test", "--lib", "--test", "more", "nobody", "endless", "--jobs", "2", "--outdir"]);
    command.arg(&out).args(["--", "--include-ignored"]);
    command.env("PLANTED_PROCESS", &process).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program can be started");
    let found = out.join("planted.tests.nobody_overdraws/planted.tests.nobody_overdraws.json");
    let mut endless = String::new();
    wait_until("a bug is found, and the endless test runs", || {
        endless = std::fs::read_to_string(&process).unwrap_or_default();
        found.exists() && !endless.is_empty()
    });
    assert!(Path::new("/proc").join(&endless).exists());
    let killed = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(killed.expect("kill is there").success());
    let ended = Ended::of(child.wait_with_output().expect("it ends"));
    ended.says(130, &["overdrawn", "cargo coyote replay", "STOP", "interrupted", "1 stopped before the end"]);
    wait_until("the endless test is gone", || !Path::new("/proc").join(&endless).exists());
    let left = std::fs::read_dir(&out).expect("it is there").filter_map(Result::ok);
    let left: Vec<_> = left.map(|entry| entry.file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".running")), "{left:?}");
}
