//! What the program under test writes appears for the failing execution only.

use coyote_tests::child;

const QUIET: [(&str, &str); 0] = [];

async fn talks() {
    println!("said by the program");
    eprintln!("complained by the program");
    let task = tokio::spawn(async { panic!("panicked on purpose") });
    assert!(task.await.expect_err("it panics").is_panic());
}

#[coyote::test(iterations = 50)]
#[ignore = "run by the tests below, in a process of its own"]
async fn talks_and_passes() {
    talks().await;
}

#[coyote::test(iterations = 50)]
#[ignore = "run by the tests below, in a process of its own"]
async fn talks_and_fails() {
    let value = coyote::std::sync::Arc::new(coyote::std::sync::Mutex::new(0));
    let theirs = value.clone();
    tokio::spawn(async move { *theirs.lock().expect("no panic") = 1 });
    talks().await;
    let seen = *value.lock().expect("no panic");
    println!("seen {seen}");
    assert_eq!(seen, 1, "too early");
}

#[test]
fn passing_executions_are_silent() {
    for child in [
        child::run("output::talks_and_passes", &QUIET),
        child::run_captured("output::talks_and_passes", &QUIET),
    ] {
        child.passes();
        let all = format!("{}{}", child.stdout, child.stderr);
        for text in ["said by", "complained by", "panicked"] {
            assert!(!all.contains(text), "{child:#?}");
        }
    }
}

#[test]
fn the_failing_execution_tells_what_it_wrote_once() {
    let out = env!("CARGO_TARGET_TMPDIR");
    let child = child::run("output::talks_and_fails", &[("COYOTE_OUT", out)]);
    child.fails_with(&["coyote found: task main panicked", "too early", "the program's own output:"]);
    let all = format!("{}{}", child.stdout, child.stderr);
    for text in ["said by the program", "complained by the program", "seen 0"] {
        assert_eq!(all.matches(text).count(), 1, "{text} in {child:#?}");
    }
}

#[test]
fn without_control_the_program_talks_as_it_does() {
    let child = child::run("output::talks_and_passes", &[("COYOTE", "off")]);
    child.passes();
    let all = format!("{}{}", child.stdout, child.stderr);
    for text in ["said by the program", "complained by the program", "panicked on purpose"] {
        assert_eq!(all.matches(text).count(), 1, "{text} in {child:#?}");
    }
}
