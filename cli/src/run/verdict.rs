//! What came of a test: from how its process ended, and what it told.

use std::process::ExitStatus;

use coyote_report::progress::{Ended, Replayed};

use super::Finished;

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It passed; so does one that is meant to have a bug, and has.
    Passed,
    /// It has bugs: what each says.
    Bugs(Vec<String>),
    /// It failed without an execution that did: by itself, or because it could not be explored.
    Failed(String),
    /// The process was ended by a signal, or by the test.
    Crashed(String),
    /// It was ended by the user.
    Interrupted,
}

impl Verdict {
    /// Judges a test by the end of its process, by what it said at its end, and by what it said it had found.
    pub(crate) fn of(status: ExitStatus, ended: Option<&Ended>, found: Option<&str>) -> Verdict {
        if status.success() {
            return Verdict::Passed;
        }
        let bugs = ended.into_iter().flat_map(|ended| &ended.bugs).filter(|bug| bug.is_bug);
        let bugs: Vec<String> = bugs.map(|bug| bug.message.clone()).collect();
        if !bugs.is_empty() && ended.is_some_and(|ended| !ended.expected) {
            return Verdict::Bugs(bugs);
        }
        let other = ended.and_then(|ended| ended.bugs.first()).map(|bug| bug.message.clone());
        match (status.code(), ended) {
            // The code of a test harness that has failed.
            (Some(101), Some(_)) => Verdict::Failed(other.unwrap_or_else(|| "it failed".to_owned())),
            (Some(101), None) if found.is_none() => Verdict::Failed("it failed".to_owned()),
            _ => Verdict::Crashed(match found {
                Some(found) => format!("it ended with {status}, after it had found: {found}"),
                None => format!("it ended with {status}"),
            }),
        }
    }

    /// Returns whether the run has failed for this.
    pub(crate) fn is_failure(&self) -> bool {
        !matches!(self, Verdict::Passed | Verdict::Interrupted)
    }

    /// Returns the word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Verdict::Passed => "PASS",
            Verdict::Bugs(_) => "BUG",
            Verdict::Failed(_) => "FAIL",
            Verdict::Crashed(_) => "CRASH",
            Verdict::Interrupted => "STOP",
        }
    }

    /// Returns what is to be said of it.
    pub(crate) fn messages(&self) -> &[String] {
        match self {
            Verdict::Bugs(messages) => messages,
            Verdict::Failed(message) | Verdict::Crashed(message) => std::slice::from_ref(message),
            Verdict::Passed | Verdict::Interrupted => &[],
        }
    }
}

/// Returns how a replay went, if it came to that.
impl Finished {
    pub(crate) fn replayed(&self) -> Option<Replayed> {
        self.ended.as_ref()?.replayed
    }
}

/// Sums over a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) passed: usize,
    pub(crate) buggy: usize,
    pub(crate) failed: usize,
    pub(crate) interrupted: usize,
    pub(crate) executions: u64,
    pub(crate) classes: u64,
    pub(crate) points: u64,
    pub(crate) bugs: u64,
}

impl Totals {
    /// Adds a test.
    pub(crate) fn add(&mut self, finished: &Finished) {
        match &finished.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Bugs(bugs) => {
                self.buggy += 1;
                self.bugs += bugs.len() as u64;
            }
            Verdict::Failed(_) | Verdict::Crashed(_) => self.failed += 1,
            Verdict::Interrupted => self.interrupted += 1,
        }
        self.executions += finished.numbers.executions;
        self.classes += finished.numbers.classes;
        self.points += finished.numbers.points;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use coyote_report::progress::Found;

    use super::*;

    #[test]
    fn tests_are_judged_by_how_they_end_and_what_they_tell() {
        let status = |code: i32| ExitStatus::from_raw(code << 8);
        let bug = Found { is_bug: true, message: "lost".to_owned(), ..Found::default() };
        let ended = |bugs: Vec<Found>, expected| Ended { bugs, expected, ..Ended::default() };
        let with_bug = ended(vec![bug.clone()], false);
        assert_eq!(Verdict::of(status(0), Some(&ended(vec![bug.clone()], true)), None), Verdict::Passed);
        assert_eq!(Verdict::of(status(101), Some(&with_bug), None), Verdict::Bugs(vec!["lost".to_owned()]));
        let cut = Found { is_bug: false, message: "a clock".to_owned(), ..Found::default() };
        let uncontrolled = Verdict::of(status(101), Some(&ended(vec![cut], false)), None);
        assert_eq!(uncontrolled, Verdict::Failed("a clock".to_owned()));
        assert_eq!(Verdict::of(status(101), None, None), Verdict::Failed("it failed".to_owned()));
        let killed = Verdict::of(ExitStatus::from_raw(11), None, Some("lost"));
        assert!(
            matches!(killed, Verdict::Crashed(why) if why.contains("signal: 11") && why.contains("lost"))
        );
        assert!(matches!(Verdict::of(status(3), None, None), Verdict::Crashed(why) if why.contains("3")));
    }
}
