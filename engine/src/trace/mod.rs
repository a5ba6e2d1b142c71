//! Traces: every decision of an execution that had more than one alternative.
//!
//! A trace is kept as a file, which names every task and operation and so can tell where a replay
//! leaves it, and as a short string for the console, which holds the bare decisions.

mod continued;
mod file;
mod string;

use std::fmt;

use crate::end::Divergence;
use crate::execution::{Granularity, Recording, Time};
use crate::op::OpKind;
use crate::op::TaskId;
use crate::runner::Decision;
use crate::strategy::{Decisions, Expected, Point, Replay, Strategy};

pub use continued::Continued;
pub use string::Short;

/// The version of both formats. Others are refused.
pub const VERSION: u32 = 1;

/// A recorded execution, complete enough to be repeated anywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The test's full name.
    pub test: String,
    /// The strategy that made the execution.
    pub strategy: String,
    /// The seed of that execution.
    pub seed: u64,
    /// Which execution of the exploration it was, counting from 1.
    pub iteration: u64,
    /// How it ended, as [`End::kind`](crate::End::kind).
    pub end: String,
    /// What the failure said, in one line.
    pub message: String,
    /// The execution's fingerprint.
    pub fingerprint: u64,
    /// Which of the test's settings the decisions depend on.
    pub settings: Settings,
    /// The decisions.
    pub decisions: Vec<Expected>,
}

/// Settings of the test that a replay must share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    /// How virtual time passes.
    pub time: Time,
    /// Where tasks are switched.
    pub granularity: Granularity,
    /// Whether waits may end, and weak exchanges fail, for no reason.
    pub spurious: bool,
    /// The bound of an unfair schedule, in scheduling points.
    pub max_unfair_steps: u64,
    /// The bound of a fair schedule, in scheduling points.
    pub max_fair_steps: u64,
}

/// Why a trace cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// It is not a trace at all.
    #[error(
        "this is no trace: {found:?}; give the string after COYOTE_REPLAY= in a report, or the path of a .trace file"
    )]
    NoTrace {
        /// How it begins.
        found: String,
    },
    /// It was written by another version.
    #[error(
        "the trace has version {found}, and this coyote reads version {VERSION}; run the test again to get a new one"
    )]
    Version {
        /// The version it has.
        found: String,
    },
    /// It was cut, or changed.
    #[error("the trace is damaged: {problem}; copy it again, whole")]
    Damaged {
        /// What is wrong, and where.
        problem: String,
    },
    /// It belongs to another test.
    #[error(
        "the trace was recorded for {recorded}, not for test `{asked}`; run it with the test it belongs to"
    )]
    OtherTest {
        /// The test it was recorded for, as far as known.
        recorded: String,
        /// The test that was run.
        asked: String,
    },
}

impl Trace {
    /// Takes the decisions out of a full recording.
    pub fn decisions_of(recording: &Recording) -> Vec<Expected> {
        let decisions = recording.steps.iter().filter(|step| step.alternatives > 1);
        decisions
            .map(|step| Expected {
                index: step.index,
                alternatives: step.alternatives,
                task: step.task.clone(),
                op: match &step.object {
                    Some(object) => format!("{} {object}", step.kind.name()),
                    None => step.kind.name().to_owned(),
                },
                location: step.location.clone(),
                is_choice: matches!(step.kind, OpKind::Choose | OpKind::Judge),
            })
            .collect()
    }

    /// Returns a strategy that repeats this trace.
    pub fn replay(&self) -> Replay {
        Replay::new(Box::new(self.decisions.clone().into_iter()))
    }

    /// Returns the trace as a short string.
    pub fn to_short(&self) -> String {
        string::encode(self)
    }

    /// Reads a short string.
    ///
    /// # Errors
    /// Returns what is wrong with it.
    pub fn parse_short(text: &str) -> Result<Short, TraceError> {
        string::decode(text)
    }

    /// Reads the content of a trace file.
    ///
    /// # Errors
    /// Returns what is wrong with it, and in which line.
    pub fn parse_file(text: &str) -> Result<Trace, TraceError> {
        file::parse(text)
    }
}

/// Writes the content of a trace file.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        file::write(self, f)
    }
}

/// A strategy that repeats decisions by task number, in the process that made them.
pub struct Repeat {
    decisions: Vec<Decision>,
    done: usize,
    divergence: Option<Divergence>,
}

impl Repeat {
    /// Creates the strategy.
    pub fn new(decisions: Vec<Decision>) -> Self {
        Repeat { decisions, done: 0, divergence: None }
    }

    fn diverge(&mut self, found: String) {
        let expected = match self.decisions.get(self.done) {
            Some(Decision::Task(task)) => format!("task number {task}"),
            Some(Decision::Choice(value)) => format!("a choice of {value}"),
            None => "the end".to_owned(),
        };
        let step = self.done + 1;
        self.divergence.get_or_insert(Divergence { step, expected, found });
    }
}

impl Strategy for Repeat {
    fn begin(&mut self, _seed: u64) {
        self.done = 0;
        self.divergence = None;
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        match self.decisions.get(self.done) {
            Some(&Decision::Task(task)) if point.enabled.contains(task) => {
                self.done += 1;
                task
            }
            _ => {
                let list = point.enabled.iter().take(8).map(|task| {
                    let (name, op) = point.describe(task);
                    format!("{name} to {op} at {}", point.op(task).location())
                });
                self.diverge(list.collect::<Vec<_>>().join(", or "));
                point.enabled.select(0)
            }
        }
    }

    fn choose(&mut self, n: u32) -> u32 {
        match self.decisions.get(self.done) {
            Some(&Decision::Choice(value)) if value < n => {
                self.done += 1;
                value
            }
            _ => {
                self.diverge(format!("a choice among {n} values"));
                0
            }
        }
    }

    fn judge(&mut self, _verdict: bool) -> bool {
        self.choose(2) == 1
    }

    fn is_fair(&self, _step: u64) -> bool {
        true
    }

    fn name(&self) -> String {
        "repeat".to_owned()
    }

    fn divergence(&self) -> Option<Divergence> {
        self.divergence.clone()
    }
}

impl Decisions for Short {
    fn next(&mut self, alternatives: u32) -> Option<Expected> {
        let index = self.next_index(alternatives)?;
        Some(Expected {
            index,
            alternatives: 0,
            task: String::new(),
            op: String::new(),
            location: String::new(),
            is_choice: false,
        })
    }
}
