//! Many tests, each in a process of its own, some at a time, and what came of them.

mod durations;
mod listen;
mod verdict;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Output};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

use coyote_report::progress::{Begin, Ended, Numbers, Progress};

use crate::cargo::TestProgram;
use crate::error::Error;
use crate::harness::{self, Test};
use crate::interrupt;

pub(crate) use durations::Durations;
use listen::Lines;
pub(crate) use verdict::{Totals, Verdict};

/// How long one who has found something may take to write it down after Ctrl-C: shrinking takes 5 s at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often progress is looked at.
const PERIOD: Duration = Duration::from_millis(100);

/// What all tests of a run share.
pub(crate) struct Settings {
    /// Tests at a time.
    pub(crate) jobs: usize,
    /// Whether to begin no further test once one has failed.
    pub(crate) fail_fast: bool,
    /// What is set for each test.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// The folder where tests tell how far they are; made here, and removed at the end.
    pub(crate) folder: PathBuf,
}

/// A test that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) test: Test,
    pub(crate) began: Instant,
    pub(crate) numbers: Numbers,
    /// Executions at most, if it is explored.
    pub(crate) iterations: Option<u64>,
    /// What it has found, and is about to write down.
    pub(crate) found: Option<String>,
    ended: Option<Box<Ended>>,
    strategy: Option<String>,
    full_name: Option<String>,
    process: u32,
    lines: Lines,
    was_killed: bool,
}

/// A test that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) test: Test,
    pub(crate) duration: Duration,
    pub(crate) numbers: Numbers,
    /// The strategy, if it was explored.
    pub(crate) strategy: Option<String>,
    /// Its name with that of its crate, which its reports have, if it was explored.
    pub(crate) full_name: Option<String>,
    /// What it said at the end, if it was explored to the end.
    pub(crate) ended: Option<Box<Ended>>,
    pub(crate) verdict: Verdict,
    /// What it wrote.
    pub(crate) output: Output,
}

/// Whoever shows how a run goes.
pub(crate) trait Listener {
    fn started(&mut self, running: &Running);
    fn looked(&mut self, running: &BTreeMap<usize, Running>);
    fn finished(&mut self, finished: &Finished);
}

/// Runs tests, in the order in which they are given.
///
/// # Errors
/// Returns an error if the folder cannot be written, or a test program cannot be started.
pub(crate) fn run(
    programs: &[TestProgram],
    tests: Vec<Test>,
    settings: &Settings,
    listener: &mut dyn Listener,
) -> Result<Vec<Finished>, Error> {
    fs::create_dir_all(&settings.folder)
        .map_err(|error| Error::file(&settings.folder, error, "give another folder with --outdir"))?;
    let _remove = Remove(&settings.folder);
    let (end, ended) = channel();
    let mut run = Run { programs, settings, running: BTreeMap::new(), finished: Vec::new(), ended, end };
    let result = run.all(tests, listener);
    // After an error, nobody listens to those that still run.
    run.running.values().for_each(|running| harness::kill(running.process));
    result.map(|()| run.finished)
}

/// Removes a folder in the end.
struct Remove<'a>(&'a Path);

impl Drop for Remove<'_> {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(self.0));
    }
}

struct Run<'a> {
    programs: &'a [TestProgram],
    settings: &'a Settings,
    running: BTreeMap<usize, Running>,
    finished: Vec<Finished>,
    /// Where the number of a test that has ended comes from, with what it wrote; and where it is put.
    ended: Receiver<(usize, Output)>,
    end: Sender<(usize, Output)>,
}

impl Run<'_> {
    fn all(&mut self, tests: Vec<Test>, listener: &mut dyn Listener) -> Result<(), Error> {
        let mut waiting = tests.into_iter().enumerate();
        let mut asked_at = None;
        loop {
            let asked = interrupt::asked();
            let stops = asked > 0
                || self.settings.fail_fast && self.finished.iter().any(|test| test.verdict.is_failure());
            while !stops && self.running.len() < self.settings.jobs {
                let Some((number, test)) = waiting.next() else { break };
                let running = self.start(number, test)?;
                listener.started(&running);
                self.running.insert(number, running);
            }
            if self.running.is_empty() {
                return Ok(());
            }
            match self.ended.recv_timeout(PERIOD) {
                Ok((number, output)) => {
                    let finished = self.finish(number, output);
                    listener.finished(&finished);
                    self.finished.push(finished);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.running.values_mut().for_each(Running::look);
                    listener.looked(&self.running);
                }
                Err(RecvTimeoutError::Disconnected) => unreachable!("a sender is kept here"),
            }
            if asked > 0 {
                let since = *asked_at.get_or_insert_with(Instant::now);
                let is_over = asked > 1 || since.elapsed() > PATIENCE;
                for running in self.running.values_mut() {
                    // Whoever has found something writes it down first.
                    running.look();
                    if is_over || running.found.is_none() {
                        running.was_killed = true;
                        harness::kill(running.process);
                    }
                }
            }
        }
    }

    fn start(&self, number: usize, test: Test) -> Result<Running, Error> {
        let program = &self.programs[test.program];
        let progress = self.settings.folder.join(format!("{number}.jsonl"));
        let mut command = harness::one(program, &test.name);
        command.envs(self.settings.variables.iter().map(|(name, value)| (name, value)));
        command.env("COYOTE_PROGRESS", &progress);
        let child = harness::start(program, command)?;
        let process = child.id();
        let ended = self.end.clone();
        thread::spawn(move || ended.send((number, wait(child))));
        Ok(Running {
            test,
            began: Instant::now(),
            numbers: Numbers::default(),
            iterations: None,
            found: None,
            ended: None,
            strategy: None,
            full_name: None,
            process,
            lines: Lines::new(progress),
            was_killed: false,
        })
    }

    fn finish(&mut self, number: usize, output: Output) -> Finished {
        let mut running = self.running.remove(&number).expect("a test ends once");
        running.look();
        drop(fs::remove_file(running.lines.path()));
        let ended = running.ended.as_deref();
        let verdict = match running.was_killed && ended.is_none() {
            true => Verdict::Interrupted,
            false => Verdict::of(output.status, ended, running.found.as_deref()),
        };
        Finished {
            duration: running.began.elapsed(),
            numbers: ended.map_or(running.numbers, |ended| ended.numbers),
            strategy: running.strategy,
            full_name: running.full_name,
            ended: running.ended,
            verdict,
            output,
            test: running.test,
        }
    }
}

/// Waits for a child, and takes what it writes meanwhile.
fn wait(child: Child) -> Output {
    child.wait_with_output().unwrap_or_else(|error| Output {
        status: Default::default(),
        stdout: Vec::new(),
        stderr: format!("its output cannot be read: {error}").into_bytes(),
    })
}

impl Running {
    /// Takes what it has told since.
    fn look(&mut self) {
        for line in self.lines.read() {
            match line {
                Progress::Begin(Begin { test, strategy, iterations, .. }) => {
                    self.full_name = Some(test);
                    self.strategy = Some(strategy);
                    self.iterations = Some(iterations);
                }
                Progress::Progress(numbers) => self.numbers = numbers,
                Progress::Found { message, numbers } => {
                    self.numbers = numbers;
                    self.found = Some(message);
                }
                Progress::End(ended) => {
                    self.numbers = ended.numbers;
                    self.ended = Some(ended);
                }
                _ => {}
            }
        }
    }
}
