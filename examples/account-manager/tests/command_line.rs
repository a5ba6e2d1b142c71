//! The program as its users see it: commands, messages, exit codes.
//!
//! With control on too: the program is not a test, nothing explores it, so it must behave the same.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

use tempfile::TempDir;

/// A place for a database file, and the program to use it.
struct Program {
    directory: TempDir,
}

impl Program {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("the system has room for temporary files") }
    }

    fn file(&self) -> PathBuf {
        self.directory.path().join("accounts.redb")
    }

    /// Runs the program on the file and returns its exit code, output and messages.
    #[track_caller]
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        answer(Command::new(env!("CARGO_BIN_EXE_account-manager")).arg(self.file()).args(arguments).output())
    }
}

#[track_caller]
fn answer(output: std::io::Result<Output>) -> (i32, String, String) {
    let output = output.expect("the program can be started");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    (output.status.code().expect("the program exits by itself"), text(output.stdout), text(output.stderr))
}

fn done(output: &str) -> (i32, String, String) {
    (0, output.to_owned(), String::new())
}

fn not_done(message: &str) -> (i32, String, String) {
    (1, String::new(), message.to_owned())
}

#[test]
fn accounts_are_kept_from_one_run_to_the_next() {
    let program = Program::new();

    assert_eq!(program.run(&["create", "ada=1815"]), done("created `ada`\n"));
    assert_eq!(program.run(&["get", "ada"]), done("1815\n"));
    assert_eq!(program.run(&["create", "ada=1816"]), not_done("the account `ada` exists already\n"));
    assert_eq!(program.run(&["get", "ada"]), done("1815\n"));
    assert_eq!(program.run(&["delete", "ada"]), done("deleted `ada`\n"));
    assert_eq!(program.run(&["delete", "ada"]), not_done("there is no account `ada`\n"));
    assert_eq!(program.run(&["get", "ada"]), not_done("there is no account `ada`\n"));
}

#[test]
fn several_accounts_are_reported_in_the_order_given() {
    let program = Program::new();

    let created = program.run(&["create", "ada=1815", "grace=1906", "barbara=1939"]);

    assert_eq!(created, done("created `ada`\ncreated `grace`\ncreated `barbara`\n"));
}

#[test]
fn a_payload_may_be_empty_and_may_contain_the_separator() {
    let program = Program::new();

    assert_eq!(program.run(&["create", "empty=", "sum=1+1=2"]).0, 0);

    assert_eq!(program.run(&["get", "empty"]), done("\n"));
    assert_eq!(program.run(&["get", "sum"]), done("1+1=2\n"));
}

#[test]
fn help_is_an_answer_and_not_an_error() {
    let (code, output, messages) = Program::new().run(&["--help"]);

    assert_eq!((code, &*messages), (0, ""));
    assert!(output.contains("Usage: account-manager <FILE> <COMMAND>"), "{output}");
    assert!(output.contains("3  the database failed"), "{output}");
}

#[test]
fn a_wrong_command_line_says_what_to_write() {
    for (arguments, named, advice) in [
        (&[][..], "", "Usage: account-manager <FILE> <COMMAND>"),
        (&["creat", "ada=1815"], "unrecognized subcommand 'creat'", "a similar subcommand exists: 'create'"),
        (&["create"], "<NAME=PAYLOAD>...", "Usage: account-manager <FILE> create <NAME=PAYLOAD>..."),
        (&["create", "ada"], "invalid value 'ada'", "write `<name>=<payload>`"),
        (&["create", "=1815"], "invalid value '=1815'", "write `<name>=<payload>`"),
        (&["get"], "<NAME>", "Usage: account-manager <FILE> get <NAME>"),
        (&["get", ""], "<NAME>", "write the name of an account"),
        (&["delete", "ada", "grace"], "unexpected argument 'grace'", "account-manager <FILE> delete <NAME>"),
    ] {
        let program = Program::new();
        let (code, output, message) = program.run(arguments);
        assert_eq!((code, &*output), (2, ""), "{arguments:?}: {message}");
        assert!(message.contains(named) && message.contains(advice), "{arguments:?}: {message}");
        assert!(!program.file().exists(), "{arguments:?} leaves no file behind");
    }
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_unicode_is_shown_as_far_as_it_can_be() {
    use std::os::unix::ffi::OsStrExt;

    let program = Program::new();
    let name = std::ffi::OsStr::from_bytes(b"ad\xffa");
    let command =
        Command::new(env!("CARGO_BIN_EXE_account-manager")).arg(program.file()).arg("get").arg(name).output();

    let (code, _, message) = answer(command);

    assert_eq!(code, 2);
    assert!(message.contains("invalid value 'ad\u{fffd}a'") && message.contains("UTF-8"), "{message}");
}

#[test]
fn a_missing_database_is_named_and_not_created() {
    let program = Program::new();

    let (code, output, message) = program.run(&["get", "ada"]);

    let file = program.file();
    assert_eq!((code, &*output), (3, ""));
    assert_eq!(
        message,
        format!("error: there is no database `{}`; create an account to begin one\n", file.display())
    );
    assert!(!file.exists());
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let program = Program::new();
    std::fs::write(program.file(), "buy milk").expect("the directory can be written to");

    let (code, _, message) = program.run(&["create", "ada=1815"]);

    assert_eq!(code, 3);
    let start = format!("error: cannot open `{}` as a database;", program.file().display());
    assert!(message.starts_with(&start), "{message}");
    assert_eq!(std::fs::read_to_string(program.file()).expect("the file is still there"), "buy milk");
}
