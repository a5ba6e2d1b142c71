//! What is given as a trace, and is none, or not one of this test.

use std::fs;
use std::path::PathBuf;

use coyote::{Config, Explorer, Trace, TraceError};
use coyote_tests::child::{self, Ended};

const TEST: &str = "replay_strings::one_wrong_choice";

async fn body() {
    let task = tokio::spawn(tokio::task::yield_now());
    tokio::task::yield_now().await;
    task.await.expect("no panic");
    assert_ne!(coyote::choose(2), 1, "the wrong choice");
}

#[coyote::test]
#[ignore = "run by the tests below, in a process of its own"]
async fn one_wrong_choice() {
    body().await;
}

#[coyote::test(expect = "bug", message = "the wrong choice")]
#[ignore = "run by the tests below, in a process of its own"]
async fn expects_the_bug() {
    body().await;
}

fn trace_of(test: &str) -> Trace {
    let report = Explorer::new(Config::new(test)).run(body);
    report.bug().expect("it is found").trace().clone()
}

fn trace() -> Trace {
    trace_of(&format!("bad_input::{TEST}"))
}

fn replay(value: &str) -> Ended {
    child::run(TEST, &[("COYOTE_REPLAY", value)])
}

fn file(name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad_input");
    fs::create_dir_all(&folder).expect("the folder can be created");
    let path = folder.join(name);
    fs::write(&path, content).expect("the file can be written");
    path
}

fn replay_file(name: &str, content: impl AsRef<[u8]>) -> Ended {
    replay(&file(name, content).display().to_string())
}

#[track_caller]
fn is_refused(child: &Ended, parts: &[&str]) {
    child.fails_with(&["coyote: COYOTE_REPLAY"]);
    child.fails_with(parts);
    assert!(child.stderr.contains(&format!("panicked at {}", file!())), "{child:#?}");
}

#[test]
fn a_whole_trace_replays_in_both_forms() {
    let trace = trace();
    let found = ["coyote: replayed", "coyote found: task main panicked", "the wrong choice"];
    replay(&trace.to_short()).fails_with(&found);
    replay(&format!(" {}\n", trace.to_short())).fails_with(&found);
    replay_file("whole.trace", trace.to_string()).fails_with(&found);
    replay_file("whole-with-another-name", trace.to_string()).fails_with(&found);
}

#[test]
fn a_test_that_expects_a_bug_shows_it_when_that_is_replayed() {
    let trace = trace_of("bad_input::replay_strings::expects_the_bug");
    child::run("replay_strings::expects_the_bug", &[("COYOTE_REPLAY", "")]).fails_with(&["it is empty"]);
    let child = child::run("replay_strings::expects_the_bug", &[("COYOTE_REPLAY", trace.to_short())]);
    child.fails_with(&["coyote: replayed", "the wrong choice"]);
}

#[test]
fn a_damaged_trace_is_refused_and_a_files_line_is_named() {
    let trace = trace();
    let mut short = trace.to_short();
    let at = short.len() / 2;
    short.replace_range(at..=at, if &short[at..=at] == "A" { "B" } else { "A" });
    is_refused(&replay(&short), &["the trace is damaged", "checksum", "copy it again, whole"]);
    let cut = &trace.to_short()[..20];
    is_refused(&replay(cut), &["the trace is damaged", "copy it again, whole"]);
    is_refused(&replay("c1."), &["the trace is damaged"]);

    let text = trace.to_string();
    let changed = text.replace("seed ", "seed x");
    is_refused(&replay_file("changed.trace", changed), &["the trace is damaged: line 4", "number"]);
    let half = &text[..text.len() / 2];
    is_refused(&replay_file("half.trace", half), &["the trace is damaged"]);
    let moved = text.replace("iteration ", "iteration 1");
    is_refused(&replay_file("moved.trace", moved), &["the trace is damaged", "checksum"]);
}

#[test]
fn what_is_no_trace_is_shown() {
    is_refused(&replay("hello"), &["hello"]);
    is_refused(&replay_file("other.trace", "a letter\n"), &["a letter"]);
    is_refused(&replay_file("empty.trace", ""), &["trace"]);
    is_refused(&replay_file("binary.trace", [0xff, 0xfe, 0x00]), &["binary.trace", "UTF-8"]);
}

#[test]
fn another_version_is_named_with_the_one_that_is_read() {
    let trace = trace();
    let short = trace.to_short().replacen("c1.", "c2.", 1);
    let told = ["version 2", "reads version 1", "run the test again"];
    is_refused(&replay(&short), &told);
    let text = trace.to_string().replacen("coyote-trace 1", "coyote-trace 2", 1);
    is_refused(&replay_file("newer.trace", text), &told);
}

#[test]
fn another_tests_trace_names_both_tests() {
    let trace = trace_of("bad_input::another");
    let asked = format!("bad_input::{TEST}");
    is_refused(&replay(&trace.to_short()), &["another test", &asked]);
    is_refused(&replay_file("another.trace", trace.to_string()), &["bad_input::another", &asked]);
    let refused = Explorer::new(Config::new("third")).replay(&trace, body);
    assert!(matches!(refused, Err(TraceError::OtherTest { .. })));
}

#[test]
fn a_missing_file_is_named_with_what_to_write() {
    is_refused(&replay("no/such/file.trace"), &["no/such/file.trace", "write the path of a .trace file"]);
    let folder = env!("CARGO_TARGET_TMPDIR");
    is_refused(&replay(folder), &[folder, "write the path of a .trace file"]);
}
