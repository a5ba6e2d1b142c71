//! What a test tells while it runs, for whoever runs it: lines of JSON, appended to a file.
//!
//! The file is named by `COYOTE_PROGRESS`. A test that is explored writes a line when it begins, one about every
//! [`PERIOD`] between two executions, one when something is found, and one at the end; a test that is not
//! explored writes none. Whoever reads has to expect that the last line is not whole yet, and lines of kinds
//! that it does not know. See `docs/src/cli.md`.

use std::time::Duration;

use crate::json::{self, Fields, FromJson, JsonError, Reader, ToJson, Writer};

/// The version of the lines.
pub const VERSION: u32 = 1;

/// How often an exploration tells where it is.
pub const PERIOD: Duration = Duration::from_millis(200);

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// An exploration, or a replay, begins.
    Begin(Begin),
    /// So far.
    Progress(Numbers),
    /// Something was found. What follows takes a few seconds at most: it is repeated, and made simpler.
    Found {
        /// What went wrong, in a sentence.
        message: String,
        /// Until then.
        numbers: Numbers,
    },
    /// All is done, and written.
    End(Box<Ended>),
}

/// What is known at the beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Begin {
    /// [`VERSION`].
    pub version: u32,
    /// The test's full name.
    pub test: String,
    /// The strategy.
    pub strategy: String,
    /// The seed.
    pub seed: u64,
    /// Executions at most.
    pub iterations: u64,
    /// After how much time no execution begins, in milliseconds; 0 if that does not matter.
    pub timeout_ms: u64,
}

/// Counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Executions made.
    pub executions: u64,
    /// Distinct classes of executions.
    pub classes: u64,
    /// Scheduling points of all executions.
    pub points: u64,
    /// Executions that reached the step bound.
    pub bounded: u64,
    /// Executions that failed.
    pub buggy: u64,
    /// Real time, in milliseconds.
    pub elapsed_ms: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// The counts.
    pub numbers: Numbers,
    /// The most tasks of an execution.
    pub tasks: u32,
    /// Whether every schedule of a systematic strategy was made.
    pub complete: bool,
    /// Whether it ended early because hardly anything was new.
    pub saturated: bool,
    /// Whether the first execution, repeated at the end, was the same again.
    pub repeatable: bool,
    /// Whether the test is meant to fail.
    pub expected: bool,
    /// What was not under control, in words.
    pub uncontrolled: Vec<String>,
    /// What else there is to say, in words.
    pub remarks: Vec<String>,
    /// What was found: several only if the exploration went on.
    pub bugs: Vec<Found>,
    /// How a replay went; none if it was none.
    pub replayed: Option<Replayed>,
}

/// Something that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How the execution ended: `failed`, `deadlock`, `livelock`, `stuck`, `crashed`, `step-bound`,
    /// `uncontrolled`, `diverged`.
    pub end: String,
    /// Whether that is a bug of the program.
    pub is_bug: bool,
    /// What went wrong, in a sentence.
    pub message: String,
    /// Whether the execution, repeated at once, was the same again.
    pub reproduced: bool,
    /// Which execution it was, from 1.
    pub iteration: u64,
    /// The preemptions of the schedule that is reported.
    pub preemptions: u64,
    /// The trace as a string.
    pub short: Option<String>,
    /// The trace's file; with the same name and other extensions, there are `.txt`, `.html` and `.json`.
    pub trace: Option<String>,
}

/// How a replay went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The very execution that was recorded.
    Same,
    /// It failed, but not in the very execution that was recorded.
    Other,
    /// It was followed to its end, and nothing failed.
    Passed,
    /// The program left the trace.
    Diverged,
}

json::names! {
    Replayed { Same: "same", Other: "other", Passed: "passed", Diverged: "diverged" }
}

json::plain! {
    Begin { version, test, strategy, seed, iterations, timeout_ms }
    Numbers { executions, classes, points, bounded, buggy, elapsed_ms }
    Ended {
        tasks, complete, saturated, repeatable, expected, uncontrolled, remarks, bugs, replayed;
        within numbers
    }
    Found { end, is_bug, message, reproduced, iteration, preemptions, short, trace }
}

impl ToJson for Progress {
    fn write(&self, to: &mut Writer) {
        to.object(&mut |line| match self {
            Progress::Begin(begin) => {
                line.field("event", &"begin");
                begin.write_fields(line);
            }
            Progress::Progress(numbers) => {
                line.field("event", &"progress");
                numbers.write_fields(line);
            }
            Progress::Found { message, numbers } => {
                line.field("event", &"found");
                line.field("message", message);
                numbers.write_fields(line);
            }
            Progress::End(ended) => {
                line.field("event", &"end");
                ended.write_fields(line);
            }
        });
    }
}

impl FromJson for Progress {
    fn read(from: &mut Reader<'_>) -> Result<Progress, JsonError> {
        // Which kind of line it is need not be said first.
        let (mut event, mut message) = (String::new(), String::new());
        let (mut begin, mut ended) = (Begin::default(), Ended::default());
        from.object(&mut |key, from| {
            match key {
                "event" => event = FromJson::read(from)?,
                "message" => message = FromJson::read(from)?,
                _ => return Ok(begin.read_field(key, from)? || ended.read_field(key, from)?),
            }
            Ok(true)
        })?;
        match event.as_str() {
            "begin" => Ok(Progress::Begin(begin)),
            "progress" => Ok(Progress::Progress(ended.numbers)),
            "found" => Ok(Progress::Found { message, numbers: ended.numbers }),
            "end" => Ok(Progress::End(Box::new(ended))),
            _ => Err(JsonError::new(format!("{event:?} is no kind of line"))),
        }
    }
}

impl Numbers {
    /// Returns this as JSON, as it is in a line.
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }
}

impl Ended {
    /// Returns this as JSON, as it is in a line.
    pub fn to_json(&self) -> String {
        json::to_string(self)
    }
}

impl Progress {
    /// Returns this as a line.
    pub fn to_line(&self) -> String {
        let mut line = json::to_string(self);
        line.push('\n');
        line
    }

    /// Reads a line; None if it is none of a kind that is known.
    pub fn parse(line: &str) -> Option<Progress> {
        json::from_str(line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_they_were_written_and_others_are_not() {
        let numbers = Numbers { executions: 7, classes: 3, ..Numbers::default() };
        let found = Found { message: "a\n\"b\"".to_owned(), is_bug: true, ..Found::default() };
        let begin = Begin { test: "a::b".to_owned(), seed: u64::MAX, ..Begin::default() };
        let lines = [
            Progress::Begin(begin),
            Progress::Progress(numbers),
            Progress::Found { message: "lost".to_owned(), numbers },
            Progress::End(Box::new(Ended { numbers, bugs: vec![found], ..Ended::default() })),
        ];
        for line in lines {
            let text = line.to_line();
            assert_eq!(text.matches('\n').count(), 1, "{text}");
            assert_eq!(Progress::parse(&text), Some(line));
            assert_eq!(Progress::parse(&text[..text.len() / 2]), None, "{text}");
        }
        assert_eq!(Progress::parse("{\"event\":\"dance\"}"), None);
        assert_eq!(Progress::parse("{\"executions\":2}"), None);
        let newer = "{\"event\":\"progress\",\"executions\":2,\"mood\":\"good\"}";
        assert_eq!(
            Progress::parse(newer),
            Some(Progress::Progress(Numbers { executions: 2, ..Numbers::default() }))
        );
    }
}
