//! Tests whose executions run in processes of their own: the test itself runs in one that nothing else runs in.
//!
//! The process of the test harness runs other tests at the same time, so it must not fork. It starts itself
//! again for this one test, with addresses not randomised where the system allows that; there each execution
//! is forked. What it writes is shown here, and how the test ended comes through a pipe, so that a panic here
//! says what a panic there would.

#![expect(unsafe_code, reason = "a pipe that a child process inherits")]

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};
use std::process::{Command, Stdio};

use crate::config::Config;

/// How a test ended.
pub(crate) type Verdict = Result<(), String>;

/// Why there is no verdict.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IsolationError {
    #[error("no process of the test's own can be started: {0}")]
    Start(#[from] io::Error),
    #[error(
        "the test's own process ended without a verdict ({0}): `isolate = \"process\"` needs a test of Rust's own \
         harness; use `coyote::Explorer` elsewhere"
    )]
    Silent(std::process::ExitStatus),
}

/// Runs the test of this name in a process of its own.
///
/// # Errors
/// Returns why it came to no verdict.
pub(crate) fn run(test: &str) -> Result<Verdict, IsolationError> {
    let mut ends = [0; 2];
    // SAFETY: there is room for two descriptors.
    if unsafe { libc::pipe(ends.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error().into());
    }
    // SAFETY: just opened, and owned by nothing else.
    let (mut from, into) = unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
    let name = test.split_once("::").map_or(test, |(_crate, name)| name);
    let mut command = Command::new(std::env::current_exe()?);
    command.args([name, "--exact", "--include-ignored", "--test-threads=1", "--nocapture"]);
    command.env("COYOTE_ISOLATED", into.as_raw_fd().to_string()).stdin(Stdio::null());
    coyote_engine::fix_addresses(&mut command);
    let output = command.output();
    drop(into);
    let output = output?;
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    // Through std, so that the harness captures it.
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    match bytes.split_first() {
        Some((b'+', _)) => Ok(Ok(())),
        Some((b'-', message)) => Ok(Err(String::from_utf8_lossy(message).into_owned())),
        _ => {
            eprint!("{}", String::from_utf8_lossy(&output.stdout));
            Err(IsolationError::Silent(output.status))
        }
    }
}

/// Runs the plain test of this configuration in further processes, one schedule in each, until one fails.
/// Returns the seed of that.
pub(crate) fn failing_seed(config: &Config) -> Option<u64> {
    #[expect(clippy::disallowed_methods, reason = "the budget of an exploration is real time")]
    let start = std::time::Instant::now();
    let name = config.name.split_once("::").map_or(&*config.name, |(_crate, name)| name);
    let program = std::env::current_exe().ok()?;
    (1..=config.iterations)
        .take_while(|_| config.timeout.is_zero() || start.elapsed() < config.timeout)
        .map(|iteration| coyote_engine::mix(config.seed, iteration))
        .find(|seed| {
            let mut command = Command::new(&program);
            command.args([name, "--exact", "--include-ignored", "--test-threads=1"]);
            command.env("COYOTE_ISOLATE", "off").env("COYOTE_SEED", seed.to_string());
            command.env_remove("COYOTE_PROGRESS");
            coyote_engine::fix_addresses(&mut command);
            command.output().is_ok_and(|output| !output.status.success())
        })
}

/// Tells the process that waits for it how the test ended, and ends this one.
pub(crate) fn tell(into: RawFd, verdict: &Verdict) -> ! {
    // SAFETY: the descriptor was inherited from the process that waits, for this one write.
    let mut into = unsafe { File::from_raw_fd(into) };
    let (sign, message) = match verdict {
        Ok(()) => (b'+', ""),
        Err(message) => (b'-', &**message),
    };
    let written = into.write_all(&[sign]).and_then(|()| into.write_all(message.as_bytes()));
    std::process::exit(i32::from(written.is_err()))
}
