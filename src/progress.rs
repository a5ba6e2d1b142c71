//! Tells whoever runs the tests how far an exploration is: see [`coyote_report::progress`].

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use coyote_engine::{End, Outcome};
use coyote_report::progress::{Begin, Ended, Found, Numbers, PERIOD, Progress, Replayed, VERSION};

use crate::config::Config;
use crate::report::{Bug, Report, Statistics};

/// Tells that an exploration, or a replay, begins.
///
/// # Errors
/// Returns an error if the file cannot be written.
pub(crate) fn begin(config: &Config) -> io::Result<()> {
    let Some(path) = &config.progress else { return Ok(()) };
    let timeout_ms = milliseconds(config.timeout);
    append(
        path,
        &Progress::Begin(Begin {
            version: VERSION,
            test: config.name.clone(),
            strategy: config.strategy.to_string(),
            seed: config.seed,
            iterations: config.iterations,
            timeout_ms,
        }),
    )
}

/// Tells what came of it. Whoever listens learns of a failure from the test's end, too: so what cannot be written
/// does not matter.
pub(crate) fn end(config: &Config, report: &Report, expected: bool) {
    let Some(path) = &config.progress else { return };
    let statistics = report.statistics();
    let mut bugs: Vec<Found> = report.bug().map(|bug| found(config, report, bug)).into_iter().collect();
    for other in &report.others {
        bugs.extend(other.bug().map(|bug| found(config, other, bug)));
    }
    let ended = Ended {
        numbers: Numbers {
            buggy: statistics.buggy.max(bugs.len() as u64),
            ..numbers(statistics, statistics.elapsed)
        },
        tasks: statistics.tasks,
        complete: statistics.complete,
        saturated: statistics.saturated,
        repeatable: report.is_repeatable(),
        expected,
        uncontrolled: report.uncontrolled().to_vec(),
        remarks: report.remarks.clone(),
        bugs,
        replayed: report.replay.as_ref().map(|(end, same)| match end {
            End::Diverged(_) => Replayed::Diverged,
            End::Completed => Replayed::Passed,
            _ if *same => Replayed::Same,
            _ => Replayed::Other,
        }),
    };
    drop(append(path, &Progress::End(Box::new(ended))));
}

/// Tells how an execution in place ended that came to its end by itself.
pub(crate) fn end_in_place(config: &Config, outcome: &Outcome) {
    let Some(path) = &config.progress else { return };
    let numbers = Numbers { executions: 1, classes: 1, points: outcome.steps, ..Numbers::default() };
    let ended = Ended {
        numbers,
        tasks: outcome.tasks,
        repeatable: true,
        uncontrolled: outcome.notes.uncontrolled.clone(),
        ..Ended::default()
    };
    drop(append(path, &Progress::End(Box::new(ended))));
}

fn found(config: &Config, report: &Report, bug: &Bug) -> Found {
    let is_trace = |path: &Path| path.extension().is_some_and(|extension| extension == "trace");
    let trace = report.files.iter().map(|(path, _)| path).find(|path| is_trace(path));
    Found {
        end: bug.end.kind().to_owned(),
        is_bug: bug.end.is_bug() || config.fail_on_max_steps && matches!(bug.end, End::StepBound { .. }),
        message: bug.message(),
        reproduced: bug.reproduced,
        iteration: bug.trace.iteration,
        preemptions: bug.preemptions().count() as u64,
        short: bug.has_trace.then(|| bug.trace.to_short()),
        trace: trace.map(|path| path.display().to_string()),
    }
}

/// Where an exploration that is under way tells how far it is.
pub(crate) struct Listener {
    path: PathBuf,
    /// When it is told next.
    due: Duration,
}

impl Listener {
    /// Returns the one of a configuration, if anybody listens.
    pub(crate) fn of(config: &Config) -> Option<Listener> {
        Some(Listener { path: config.progress.clone()?, due: PERIOD })
    }

    /// Tells the numbers, if it is time.
    pub(crate) fn look(&mut self, elapsed: Duration, statistics: &Statistics) {
        if elapsed >= self.due {
            self.due = elapsed + PERIOD;
            drop(append(&self.path, &Progress::Progress(numbers(statistics, elapsed))));
        }
    }

    /// Tells that something was found.
    pub(crate) fn found(&mut self, message: String, elapsed: Duration, statistics: &Statistics) {
        drop(append(&self.path, &Progress::Found { message, numbers: numbers(statistics, elapsed) }));
    }
}

fn numbers(statistics: &Statistics, elapsed: Duration) -> Numbers {
    Numbers {
        executions: statistics.iterations,
        classes: statistics.classes,
        points: statistics.total_steps,
        bounded: statistics.bounded,
        buggy: statistics.buggy,
        elapsed_ms: milliseconds(elapsed),
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn append(path: &Path, line: &Progress) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(line.to_line().as_bytes())
}
