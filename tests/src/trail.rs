//! What is left of an exploration, on one line each, so that two processes can be compared.

use coyote::Report;

/// Describes an exploration completely enough to tell it from any other.
pub fn of(report: &Report) -> String {
    let s = report.statistics();
    let numbers =
        format!("{} {} {} {}..{}", s.iterations, s.classes, s.total_steps, s.min_steps, s.max_steps);
    match report.bug() {
        Some(bug) => {
            let trace = bug.trace();
            format!(
                "{numbers} {:016x} {} {}",
                trace.fingerprint,
                trace.end,
                trace.message.replace('\n', "\\n")
            )
        }
        None => numbers,
    }
}
