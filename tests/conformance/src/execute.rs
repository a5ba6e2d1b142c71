//! Runs one program of tests once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::error::{Error, Result, at};

/// How often it is looked after. The time of a program is counted in these: while everything is stopped, it stands still.
const NAP: Duration = Duration::from_millis(5);

/// How the tests of a program are run.
pub(crate) struct Execution<'a> {
    pub(crate) program: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(&'static str, String)>,
    /// Where the output goes.
    pub(crate) log: PathBuf,
    pub(crate) at_most: Duration,
}

/// What came of it.
pub(crate) struct Ran {
    pub(crate) output: String,
    /// Whether it ended in time and with code 0.
    pub(crate) success: bool,
    /// How it ended, if not by itself with a code.
    pub(crate) end: String,
}

impl Execution<'_> {
    /// Runs the program, and kills it when its time is up.
    pub(crate) fn run(self) -> Result<Ran> {
        let mut command = Command::new(self.program);
        command.args(&self.arguments).current_dir(self.folder).stdin(Stdio::null());
        for variable in COYOTE_VARIABLES {
            command.env_remove(variable);
        }
        command.envs(self.environment);
        let log = at(&self.log, File::create(&self.log))?;
        command.stdout(at(&self.log, log.try_clone())?).stderr(log);
        let name = self.program.display().to_string();
        let error =
            |problem: std::io::Error| Error::Command { command: name.clone(), problem: problem.to_string() };
        let mut child = command.spawn().map_err(error)?;
        let mut waited = Duration::ZERO;
        let status = loop {
            if let Some(status) = child.try_wait().map_err(error)? {
                break Some(status);
            }
            if waited > self.at_most {
                child.kill().and_then(|()| child.wait()).map_err(error)?;
                break None;
            }
            std::thread::sleep(NAP);
            waited += NAP;
        };
        let output = at(&self.log, std::fs::read(&self.log))?;
        Ok(Ran {
            output: String::from_utf8_lossy(&output).into_owned(),
            success: status.is_some_and(|status| status.success()),
            end: status
                .map_or_else(|| format!("did not end in {:?}", self.at_most), |status| status.to_string()),
        })
    }
}

/// What a user's shell may have set must not change what is measured.
const COYOTE_VARIABLES: [&str; 7] = [
    "COYOTE",
    "COYOTE_ITERATIONS",
    "COYOTE_MAX_STEPS",
    "COYOTE_REPLAY",
    "COYOTE_SEED",
    "COYOTE_STRATEGY",
    "COYOTE_TIMEOUT",
];
