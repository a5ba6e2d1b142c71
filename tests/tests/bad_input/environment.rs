//! Environment variables that cannot be used fail the test, with the variable, the value, and what to
//! write instead.

use coyote_tests::child::{self, Ended};

#[coyote::test(iterations = 20)]
#[ignore = "run by the tests below, in a process of its own"]
async fn passes() {
    let task = tokio::spawn(tokio::task::yield_now());
    tokio::task::yield_now().await;
    task.await.expect("no panic");
}

fn with(variable: &str, value: &str) -> Ended {
    child::run("environment::passes", &[(variable, value)])
}

#[test]
fn what_is_wrong_is_named_with_what_to_write_instead() {
    let wrong = [
        ("COYOTE_ITERATIONS", "0", "write a number from 1 on"),
        ("COYOTE_ITERATIONS", "many", "write a number from 1 on"),
        ("COYOTE_ITERATIONS", "-1", "write a number from 1 on"),
        ("COYOTE_ITERATIONS", "18446744073709551616", "write a number from 1 on"),
        ("COYOTE_MAX_STEPS", "0", "write a number from 1 on"),
        ("COYOTE_TIMEOUT", "soon", "write seconds, or a span such as 500ms"),
        ("COYOTE_TIMEOUT", "-5", "write seconds, or a span such as 500ms"),
        ("COYOTE_TIMEOUT", "99999999999999999999999", "write seconds, or a span such as 500ms"),
        ("COYOTE_STUCK_AFTER", "0", "write a span such as 10s"),
        ("COYOTE_SEED", "a", "write a number, or `random`"),
        ("COYOTE_STRATEGY", "luck", "write portfolio, random, probabilistic(n), pct(d)"),
        ("COYOTE_STRATEGY", "pct(0)", "write portfolio, random, probabilistic(n), pct(d)"),
        ("COYOTE_OUT", "", "write a path"),
        ("COYOTE", "perhaps", "write `off` or `on`"),
        ("COYOTE_REPLAY", "", "write a trace file's path or a trace string"),
    ];
    for (variable, value, instead) in wrong {
        let child = with(variable, value);
        child.fails_with(&[&format!("coyote: {variable}={value:?}: "), instead]);
        assert!(child.stderr.contains(&format!("panicked at {}", file!())), "{child:#?}");
    }
}

#[test]
fn what_is_right_is_taken() {
    let right = [
        ("COYOTE_ITERATIONS", "1_000"),
        ("COYOTE_MAX_STEPS", "50"),
        ("COYOTE_TIMEOUT", "0"),
        ("COYOTE_TIMEOUT", "1.5m"),
        ("COYOTE_STUCK_AFTER", "60s"),
        ("COYOTE_SEED", "18446744073709551615"),
        ("COYOTE_SEED", "random"),
        ("COYOTE_STRATEGY", "probabilistic(32)"),
        ("COYOTE", "off"),
        ("COYOTE", "on"),
    ];
    for (variable, value) in right {
        with(variable, value).passes();
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_the_bug_is_shown_all_the_same() {
    let child = child::run("environment::fails", &[("COYOTE_OUT", "/dev/null/no-folder")]);
    child.fails_with(&["coyote found: ", "always wrong", "could not be written", "COYOTE_REPLAY=c1."]);
}

#[coyote::test(iterations = 20)]
#[ignore = "run by the tests of this file, in a process of its own"]
async fn fails() {
    let task = tokio::spawn(tokio::task::yield_now());
    tokio::task::yield_now().await;
    task.await.expect("no panic");
    assert_eq!(coyote::choose(2), 2, "always wrong");
}
