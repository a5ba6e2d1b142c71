//! Test programs: which tests they have, and one of them in a process of its own.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};

use crate::cargo::TestProgram;
use crate::error::Error;

/// A test of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Test {
    /// The program's place in the list of programs.
    pub(crate) program: usize,
    /// Its name, as the harness knows it.
    pub(crate) name: String,
    /// Whether it is marked `#[ignore]`, and so not run unless that is asked for.
    pub(crate) is_ignored: bool,
}

/// What the harness is asked to choose tests by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    words: Vec<String>,
    includes_ignored: bool,
    only_ignored: bool,
}

impl Filter {
    /// Takes filters, and the options of the harness that choose tests.
    ///
    /// # Errors
    /// Returns an option that does not, and what to write instead.
    pub(crate) fn new(filters: &[String], harness: &[String]) -> Result<Filter, Error> {
        let mut filter = Filter { words: filters.to_vec(), ..Filter::default() };
        let mut given = harness.iter();
        while let Some(word) = given.next() {
            let (name, _) = word.split_once('=').unwrap_or((word, ""));
            match name {
                "--ignored" => filter.only_ignored = true,
                "--include-ignored" => filter.includes_ignored = true,
                "--exact" => filter.words.push(word.clone()),
                "--skip" => {
                    filter.words.push(word.clone());
                    if name == word {
                        let skipped = given.next().ok_or_else(|| {
                            Error::Usage("--skip: write the text of names to skip after it".to_owned())
                        })?;
                        filter.words.push(skipped.clone());
                    }
                }
                _ if !name.starts_with('-') => filter.words.push(word.clone()),
                _ => {
                    let instead = match name {
                        "--test-threads" => "write --jobs N before the `--`",
                        "--nocapture" | "--no-capture" | "--show-output" => {
                            "leave it out: what a failing test writes is shown"
                        }
                        "--list" => "write `cargo coyote list`",
                        "--format" => "write --message-format before the `--`",
                        _ => {
                            "write --ignored, --include-ignored, --exact or --skip NAME, and others before the `--`"
                        }
                    };
                    return Err(Error::Usage(format!("{word:?} is no option that chooses tests; {instead}")));
                }
            }
        }
        Ok(filter)
    }

    /// Chooses one test.
    pub(crate) fn exactly(name: &str) -> Filter {
        Filter {
            words: vec![name.to_owned(), "--exact".to_owned()],
            includes_ignored: true,
            only_ignored: false,
        }
    }
}

/// Lists the tests of programs that a filter chooses. A program that is no test harness is named in the second
/// list, with why.
///
/// # Errors
/// Returns an error if a program cannot be started.
pub(crate) fn list(programs: &[TestProgram], filter: &Filter) -> Result<(Vec<Test>, Vec<String>), Error> {
    let (mut tests, mut others) = (Vec::new(), Vec::new());
    for (at, program) in programs.iter().enumerate() {
        let all = names(program, &filter.words, None)?;
        let ignored = match all {
            Ok(_) => names(program, &filter.words, Some("--ignored"))?,
            Err(_) => Ok(Vec::new()),
        };
        match (all, ignored) {
            (Ok(all), Ok(ignored)) => {
                let ignored: BTreeSet<String> = ignored.into_iter().collect();
                tests.extend(all.into_iter().map(|name| {
                    let is_ignored = ignored.contains(&name);
                    Test { program: at, name, is_ignored }
                }));
            }
            (Err(why), _) | (_, Err(why)) => {
                others.push(format!("{} has no harness that lists its tests: {why}", program.id));
            }
        }
    }
    let chosen = |test: &Test| filter.includes_ignored || test.is_ignored == filter.only_ignored;
    Ok((tests.into_iter().filter(chosen).collect(), others))
}

/// Asks a program for names of tests; or says why it tells none.
fn names(
    program: &TestProgram,
    words: &[String],
    option: Option<&str>,
) -> Result<Result<Vec<String>, String>, Error> {
    let mut command = command(program);
    // Nothing of the tests is to run yet.
    command.args(["--list", "--format", "terse"]).args(words).args(option).stdin(Stdio::null());
    let output = command.output().map_err(|error| cannot_start(program, error))?;
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let first = error.lines().next().unwrap_or_default();
        return Ok(Err(format!("`--list` ended with {}: {first}", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut names = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match line.rsplit_once(": ") {
            Some((name, "test")) => names.push(name.to_owned()),
            Some((_, "benchmark")) => {}
            _ => return Ok(Err(format!("`--list` says {line:?}"))),
        }
    }
    Ok(Ok(names))
}

/// Returns a command for a program, set up as cargo does.
fn command(program: &TestProgram) -> Command {
    let mut command = Command::new(&program.path);
    command.current_dir(&program.folder);
    command.envs(program.variables.iter().map(|(name, value)| (name, value)));
    command
}

/// Returns a command that runs one test.
pub(crate) fn one(program: &TestProgram, test: &str) -> Command {
    let mut command = command(program);
    command.args([test, "--exact", "--include-ignored", "--nocapture"]).stdin(Stdio::null());
    command
}

/// Starts a command as the leader of a group of its own, so that Ctrl-C on the terminal does not reach it, and
/// all that it starts can be ended with it.
///
/// # Errors
/// Returns an error if the program cannot be started.
pub(crate) fn start(program: &TestProgram, mut command: Command) -> Result<Child, Error> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| cannot_start(program, error))
}

/// Ends the process of this number, and all that it has started, at once.
pub(crate) fn kill(process: u32) {
    #[cfg(unix)]
    if let Ok(leader) = i32::try_from(process) {
        use nix::sys::signal::{Signal, killpg};
        // Gone already, if not.
        let _ = killpg(nix::unistd::Pid::from_raw(leader), Signal::SIGKILL);
    }
    #[cfg(not(unix))]
    let _ = process;
}

/// Asks the process of this number to end.
pub(crate) fn interrupt(process: u32) {
    #[cfg(unix)]
    if let Ok(process) = i32::try_from(process) {
        use nix::sys::signal::{Signal, kill};
        let _ = kill(nix::unistd::Pid::from_raw(process), Signal::SIGINT);
    }
    #[cfg(not(unix))]
    let _ = process;
}

fn cannot_start(program: &TestProgram, error: std::io::Error) -> Error {
    Error::Start { program: program.path.display().to_string(), error, instead: "build it again" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(line: &str) -> Result<Filter, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Filter::new(&["a".to_owned()], &words).map_err(|error| error.to_string())
    }

    #[test]
    fn options_that_choose_tests_are_taken() {
        let taken = filter("--ignored --skip b --skip=c --exact d").expect("all choose tests");
        assert!(taken.only_ignored);
        assert_eq!(taken.words, ["a", "--skip", "b", "--skip=c", "--exact", "d"]);
    }

    #[test]
    fn other_options_are_named_with_what_to_write_instead() {
        for (line, instead) in [
            ("--test-threads=1", "write --jobs N"),
            ("--nocapture", "leave it out"),
            ("--list", "write `cargo coyote list`"),
            ("--format=json", "write --message-format"),
            ("--loud", "write --ignored, --include-ignored"),
            ("--skip", "write the text"),
        ] {
            let error = filter(line).expect_err(line);
            assert!(error.contains(line) && error.contains(instead), "{error}");
        }
    }
}
