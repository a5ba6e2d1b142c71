//! What is run: with which bugs, how fast.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use crate::Bugs;

/// What is run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Which bugs are in.
    pub bugs: Bugs,
    /// How long a second of the story is.
    pub second: Duration,
    /// Whether everybody says what they do, on the standard output.
    pub aloud: bool,
}

impl Plan {
    /// Runs as it is meant to, and tells about it.
    pub fn production(bugs: Bugs) -> Plan {
        Plan { bugs, second: Duration::from_secs(1), aloud: true }
    }

    /// Runs quickly: the detector's timer fires as soon as it has its turn, so whether an answer or a timeout comes
    /// first is up to the schedule alone.
    pub fn test(bugs: Bugs) -> Plan {
        Plan { bugs, second: Duration::ZERO, aloud: false }
    }

    /// Returns how long so many thousandths of a second of the story are.
    pub(crate) fn millis(&self, millis: u32) -> Duration {
        self.second * millis / 1000
    }

    /// Returns whether time is none but the order of what happens.
    pub(crate) fn is_timeless(&self) -> bool {
        self.second.is_zero()
    }

    /// Says a line, if this is to be run aloud. A reader who has gone away is no reason to stop.
    pub(crate) fn say(&self, who: &str, what: fmt::Arguments<'_>) {
        if self.aloud {
            let _ = writeln!(io::stdout(), "<{who}> {what}");
        }
    }
}
