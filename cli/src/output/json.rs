//! For programs: a line of JSON on standard output for each thing that happens. See `docs/src/cli.md`.

use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::Test;
use crate::run::{Finished, Listener, Running, Totals, Verdict};

/// The version of the lines.
const VERSION: u32 = 1;
/// How often there is a line on each test that runs.
const EVERY: Duration = Duration::from_secs(1);

/// Writes the lines.
pub(crate) struct Json {
    /// The name of each program.
    programs: Vec<String>,
    totals: Totals,
    said: Instant,
}

impl Json {
    /// Begins, with a line on how many tests there are.
    pub(crate) fn new(programs: Vec<String>, tests: usize) -> Json {
        write(&json!({ "type": "run", "event": "started", "version": VERSION, "tests": tests }));
        Json { programs, totals: Totals::default(), said: Instant::now() }
    }

    fn test(&self, test: &Test, event: &str) -> Value {
        json!({ "type": "test", "event": event, "program": self.programs[test.program], "name": test.name })
    }

    /// Writes the last line.
    pub(crate) fn conclude(&self, code: u8) {
        let Totals { passed, buggy, failed, interrupted, executions, classes, points, bugs } = self.totals;
        write(&json!({
            "type": "run", "event": "finished", "exit_code": code, "passed": passed, "buggy": buggy,
            "failed": failed, "interrupted": interrupted, "executions": executions, "classes": classes,
            "points": points, "bugs": bugs,
        }));
    }
}

/// Writes a line for `cargo coyote list`.
pub(crate) fn listed(program: &str, test: &Test) {
    write(&json!({ "type": "test", "event": "listed", "program": program, "name": test.name,
        "ignored": test.is_ignored }));
}

impl Listener for Json {
    fn started(&mut self, running: &Running) {
        write(&self.test(&running.test, "started"));
    }

    fn looked(&mut self, running: &BTreeMap<usize, Running>) {
        if self.said.elapsed() < EVERY {
            return;
        }
        self.said = Instant::now();
        for running in running.values() {
            let mut line = self.test(&running.test, "progress");
            line["progress"] = value(&running.numbers.to_json());
            line["found"] = json!(running.found);
            write(&line);
        }
    }

    fn finished(&mut self, finished: &Finished) {
        self.totals.add(finished);
        let mut line = self.test(&finished.test, "finished");
        let verdict = match &finished.verdict {
            Verdict::Passed => "passed",
            Verdict::Bugs(_) => "bug",
            Verdict::Failed(_) => "failed",
            Verdict::Crashed(_) => "crashed",
            Verdict::Interrupted => "interrupted",
        };
        line["verdict"] = json!(verdict);
        line["messages"] = json!(finished.verdict.messages());
        line["strategy"] = json!(finished.strategy);
        line["duration_ms"] = json!(u64::try_from(finished.duration.as_millis()).unwrap_or(u64::MAX));
        line["exploration"] = finished.ended.as_ref().map_or(Value::Null, |ended| value(&ended.to_json()));
        if finished.verdict.is_failure() {
            line["stderr"] = json!(String::from_utf8_lossy(&finished.output.stderr));
        }
        write(&line);
    }
}

/// Takes over what the report crate writes as text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("what is written is JSON")
}

fn write(line: &Value) {
    // Whoever has closed the pipe wants no more.
    drop(writeln!(stdout(), "{line}"));
}
