//! Schedules that have failed, kept beside the tests: repeated before anything else is explored.
//!
//! Each test has a file of its own in `coyote-regressions/`, in the folder of its package, so that branches do
//! not meet in it; each line is a trace string, which names its test, and what it led to. A line is never
//! taken out: one that no longer applies is said to be such, for whoever keeps the test to decide.

use std::path::PathBuf;
use std::sync::Arc;
use std::{fs, io};

use coyote_engine::End;
use coyote_engine::trace::Trace;

use crate::artefacts::{file_name, write_file};
use crate::config::{Config, Regressions};
use crate::explorer::{One, Source, replay};
use crate::report::Report;

const FOLDER: &str = "coyote-regressions";
const HEAD: &str = "# Schedules under which this test has failed. Coyote repeats them before it explores others: keep this\n\
     # file under version control. A line that no longer applies, since the code has changed, may be deleted.\n";

/// What came of the schedules that are kept.
#[derive(Default)]
pub(crate) struct Repeated {
    /// The first that failed again.
    pub(crate) failed: Option<Report>,
    /// What is to be said of the others.
    pub(crate) remarks: Vec<String>,
}

/// Repeats the schedules that are kept for this test, until one fails again.
pub(crate) fn repeat(config: &Config, one: &Arc<One>) -> Repeated {
    let mut repeated = Repeated::default();
    if config.regressions == Regressions::Off {
        return repeated;
    }
    let path = path(config);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return repeated,
        Err(error) => {
            repeated.remarks.push(format!("{} cannot be read: {error}", path.display()));
            return repeated;
        }
    };
    for (at, trace) in traces(&text) {
        let place = format!("{}:{at}", path.display());
        match repeat_one(config, trace, one) {
            Ok(Some(report)) => {
                repeated.failed = Some(Report { stored: Some(place), ..report });
                return repeated;
            }
            Ok(None) => {}
            Err(remark) => repeated.remarks.push(format!("{place} {remark}")),
        }
    }
    repeated
}

/// Returns the lines of a file that are traces, each with its number.
fn traces(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let traces = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    traces.enumerate().map(|(at, trace)| (at + 1, trace)).filter(|(_, trace)| !trace.is_empty())
}

/// Repeats one schedule. Returns the report if it fails again; None if it passes.
///
/// # Errors
/// Returns why the schedule says nothing.
fn repeat_one(config: &Config, trace: &str, one: &Arc<One>) -> Result<Option<Report>, String> {
    let unusable = |error| format!("cannot be used: {error}");
    let short = Trace::parse_short(trace).map_err(unusable)?;
    let (recorded, asked) = (short.settings, (config.time, config.granularity));
    if (recorded.time, recorded.granularity) != asked {
        return Err(format!(
            "no longer applies: it was recorded with time = {:?} and granularity = {:?}, and the test has {:?} and {:?}",
            recorded.time, recorded.granularity, asked.0, asked.1
        ));
    }
    let mut report = replay(config, Source::Short(short), Arc::clone(one)).map_err(unusable)?;
    match report.replay.take() {
        Some((End::Diverged(divergence), _)) => Err(format!(
            "no longer applies, for the code has changed: {divergence}. It is kept; delete the line if the bug \
             is gone for good"
        )),
        Some((end, same)) if end.is_bug() => {
            // Of code that has changed a little the trace has changed, too.
            if let (false, Some(bug)) = (same, &mut report.bug) {
                let again = replay(config, Source::File(bug.trace.clone()), Arc::clone(one));
                bug.reproduced = again.is_ok_and(|again| again.replay.is_some_and(|(_, same)| same));
            }
            Ok(Some(report))
        }
        Some((End::Completed, _)) | None => Ok(None),
        Some((end, _)) => Err(format!("says nothing: the execution ended as {}", end.kind())),
    }
}

/// Keeps the schedule of the bug that was found, or says how to.
pub(crate) fn keep(config: &Config, report: &mut Report) {
    let Some(bug) = report.bug.as_ref().filter(|bug| bug.end.is_bug() && bug.reproduced && bug.has_trace)
    else {
        return;
    };
    if config.regressions == Regressions::Off || report.stored.is_some() {
        return;
    }
    let path = path(config);
    let line = format!("{} # {}", bug.trace.to_short(), one_line(&bug.message()));
    let why_not = match config.regressions {
        Regressions::Keep => match append(&path, &line) {
            Ok(()) => {
                report.files.push((path, "repeated first from now on; keep it under version control"));
                return;
            }
            Err(error) => error.to_string(),
        },
        _ => "this is CI, or `COYOTE_REGRESSIONS=repeat`".to_owned(),
    };
    report.remarks.push(format!(
        "this one was not stored: {why_not}. To have it repeated first, add this line to {}:\n      {line}",
        path.display()
    ));
}

/// Adds a line to a file, which is made with its folder if there is none; not twice.
fn append(path: &std::path::Path, line: &str) -> io::Result<()> {
    let package = path.parent().and_then(std::path::Path::parent).filter(|package| package.is_dir());
    if package.is_none() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the package's folder is not here"));
    }
    let mut text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => HEAD.to_owned(),
        Err(error) => return Err(error),
    };
    let trace = line.split(' ').next().unwrap_or_default();
    if traces(&text).any(|(_, known)| known == trace) {
        return Ok(());
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(line);
    text.push('\n');
    write_file(path, &text)
}

/// Returns the test's file: in its package as it was compiled, or, if that is not here, where the test runs,
/// which cargo and others make the folder of the package.
fn path(config: &Config) -> PathBuf {
    let compiled = config.source_root.clone().filter(|folder| folder.is_dir());
    let package = compiled.or_else(|| std::env::current_dir().ok()).unwrap_or_default();
    package.join(FOLDER).join(format!("{}.txt", file_name(&config.name)))
}

/// Shortens a message to what fits on the line of a trace.
fn one_line(message: &str) -> String {
    let is_between = |c: char| c == '#' || c.is_whitespace();
    let words: Vec<&str> = message.split(is_between).filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_empty_lines_are_no_traces() {
        let text = format!("{HEAD}\nc1.AAAA # it failed\n  c1.BBBB\n# c1.CCCC\n");
        assert_eq!(traces(&text).collect::<Vec<_>>(), [(4, "c1.AAAA"), (5, "c1.BBBB")]);
    }

    #[test]
    fn a_message_becomes_one_line() {
        assert_eq!(one_line("a # b\n  c"), "a b c");
        assert_eq!(one_line(&"x".repeat(200)).chars().count(), 121);
    }
}
