//! `#[coyote::test]`.

use std::cell::Cell;

use crate::coyote::{self, events};

thread_local! {
    static RUNS: Cell<u32> = const { Cell::new(0) };
}

fn run() -> u32 {
    RUNS.with(|runs| {
        runs.set(runs.get() + 1);
        runs.get()
    })
}

#[coyote::test(crate = "crate::coyote", iterations = 5)]
#[should_panic(expected = "the fifth run")]
async fn an_async_body_runs_many_times() {
    async {}.await;
    assert!(run() < 5, "the fifth run");
}

/// A doc comment.
#[coyote::test(crate = "crate::coyote")]
fn a_result_may_be_returned() -> Result<(), std::num::ParseIntError> {
    if run() == 2 {
        return Ok(());
    }
    let number: u32 = "3".parse()?;
    assert_eq!(number, 3);
    Ok(())
}

#[coyote::test(crate = "crate::coyote", strategy = "random")]
async fn the_error_type_is_known_where_it_is_needed() -> Result<(), Box<dyn std::error::Error>> {
    if run() == 7 {
        Err("never")?;
    }
    let text = std::str::from_utf8(b"text")?;
    assert_eq!(text, "text");
    Ok(())
}

#[coyote::test(crate = "crate::coyote")]
async fn any_termination_may_be_returned() -> impl std::process::Termination {
    std::process::ExitCode::SUCCESS
}

#[coyote::test(crate = "crate::coyote")]
#[ignore = "as asked"]
async fn an_ignored_test_is_ignored() {
    panic!("not ignored");
}

#[coyote::test(crate = "crate::coyote")]
#[cfg(any())]
async fn a_test_may_be_left_out() {
    this_does_not_exist();
}

#[coyote::test(
    crate = "crate::coyote",
    iterations = 1,
    timeout = "2m",
    max_steps = 9,
    strategy = "pct(3)",
    seed = 5,
    time = "racing",
    granularity = "await",
    lanes = 4,
    unobserved_panic = "ignore",
    stack_size = "256KiB",
    regressions = "repeat",
    expect = "bug",
    message = "lost"
)]
async fn every_key_is_told() {
    let told = events();
    assert_eq!(told[0], "facade::test::every_key_is_told");
    let expected = [
        "iterations 1",
        "timeout 120s",
        "max_steps 9",
        "strategy pct(3)",
        "seed 5",
        "racing",
        "await",
        "lanes 4",
        "ignore",
        "stack_size 262144",
        "repeat",
        "expect_bug Some(\"lost\")",
    ];
    assert_eq!(told[1..], expected);
}

#[coyote::test(
    crate = "crate::coyote",
    time = "idle",
    granularity = "op",
    lanes = "unlimited",
    unobserved_panic = "fail",
    regressions = "off",
    expect = "bug"
)]
fn the_other_words_are_told() {
    if let [_, words @ ..] = &events()[..] {
        assert_eq!(words, ["idle", "op", "unlimited", "fail", "off", "expect_bug None"]);
    }
}

#[coyote::test(
    crate = "crate::coyote",
    lanes = "current_thread",
    timeout = 3,
    stack_size = 65536,
    regressions = "on"
)]
fn the_other_forms_are_told() {
    if let [_, words @ ..] = &events()[..] {
        assert_eq!(words, ["timeout 3s", "current_thread", "stack_size 65536", "keep"]);
    }
}
