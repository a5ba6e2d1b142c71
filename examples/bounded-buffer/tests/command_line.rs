//! The program as its users see it.

use std::process::{Command, Output};

#[track_caller]
fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_bounded-buffer");
    Command::new(program).args(arguments).output().expect("the program can be started")
}

#[test]
fn a_wrong_command_line_says_what_to_write() {
    let output = run(&["any"]);
    let message = String::from_utf8_lossy(&output.stderr);

    assert_eq!(output.status.code(), Some(2));
    assert!(message.contains("invalid value 'any'"), "{message}");
    assert!(message.contains("[possible values: one, all]"), "{message}");
}

#[test]
fn help_is_an_answer_and_not_an_error() {
    let output = run(&["--help"]);
    let help = String::from_utf8_lossy(&output.stdout);

    assert_eq!(output.status.code(), Some(0));
    assert!(help.contains("One thread at a time: it usually hangs before long"), "{help}");
}
