//! One line of JSON per explored test, for programs that read what came of them.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use crate::report::Report;

/// Appends the line of a report to a file; many tests, and processes, may write to the same.
pub(crate) fn append(path: &Path, report: &Report) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    // One write, so that lines of others do not get in between.
    file.write_all(line(report).as_bytes())
}

fn line(report: &Report) -> String {
    let statistics = report.statistics();
    let mut line = String::from("{\"test\":");
    string(&mut line, &report.test);
    for (key, number) in [
        ("seed", report.seed),
        ("executions", statistics.iterations),
        ("points", statistics.total_steps),
        ("classes", statistics.classes),
        ("bounded", statistics.bounded),
    ] {
        write!(line, ",\"{key}\":{number}").expect("strings can be written to");
    }
    line.push_str(",\"bug\":");
    match report.bug() {
        Some(bug) => string(&mut line, &bug.message()),
        None => line.push_str("null"),
    }
    writeln!(line, ",\"repeatable\":{},\"uncontrolled\":{}}}", report.repeatable, report.uncontrolled.len())
        .expect("strings can be written to");
    line
}

/// Appends a string of JSON.
fn string(line: &mut String, text: &str) {
    line.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => line.extend(['\\', c]),
            c if c < ' ' => write!(line, "\\u{:04x}", u32::from(c)).expect("strings can be written to"),
            c => line.push(c),
        }
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::explorer::Explorer;

    #[test]
    fn a_report_becomes_a_line() {
        let report = Explorer::new(Config::new("a::\"b\"").iterations(3).seed(7)).run_sync(|| {});
        let line = super::line(&report);
        assert_eq!(
            line,
            "{\"test\":\"a::\\\"b\\\"\",\"seed\":7,\"executions\":3,\"points\":3,\"classes\":1,\"bounded\":0,\
             \"bug\":null,\"repeatable\":true,\"uncontrolled\":0}\n"
        );
    }
}
