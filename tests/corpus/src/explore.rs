//! How the programs are explored.

use std::time::Duration;

use coyote::{Config, Explorer, Report, Trace, TraceError};

use crate::program::{Body, Expected, Program};
use crate::{asynchronous, sctbench};

/// Returns all programs.
pub fn programs() -> impl Iterator<Item = &'static Program> {
    sctbench::ALL.iter().chain(asynchronous::ALL).copied()
}

impl Expected {
    /// Returns whether a report shows this.
    pub fn is_shown_by(self, report: &Report) -> bool {
        let Some(bug) = report.bug() else { return false };
        match self {
            Expected::Panic(text) => {
                // Whoever joins a thread that panicked panics, too; others may wait for it for ever.
                let mut panics = bug.recording().panics.iter();
                bug.message().contains(text) || panics.any(|(_, panic)| panic.message.contains(text))
            }
            Expected::Deadlock => bug.end().kind() == "deadlock",
            Expected::Livelock => bug.end().kind() == "livelock",
        }
    }
}

/// Returns the settings of an exploration of that name: everything at its default, but for the number of
/// executions, which alone ends it, and that a schedule is reported as it is found.
pub fn config(name: &str, iterations: u64) -> Config {
    Config::new(name).iterations(iterations).timeout(Duration::ZERO).shrink(false)
}

impl Body {
    /// Explores the body.
    pub fn explore(self, config: Config) -> Report {
        let explorer = Explorer::new(config);
        match self {
            Body::Threads(body) => explorer.run_sync(body),
            Body::Tasks(body) => explorer.run(body),
        }
    }

    /// Replays a trace.
    ///
    /// # Errors
    /// Returns an error if the trace belongs to a test of another name.
    pub fn replay(self, config: Config, trace: &Trace) -> Result<Report, TraceError> {
        let explorer = Explorer::new(config);
        match self {
            Body::Threads(body) => explorer.replay_sync(trace, body),
            Body::Tasks(body) => explorer.replay(trace, body),
        }
    }
}
