//! What is run: with which bugs, for how long, how fast.

use std::time::Duration;

use crate::Bugs;

/// What is run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Which bugs are in.
    pub bugs: Bugs,
    /// After how many drinks the robot is done; `None`: never.
    pub drinks: Option<u32>,
    /// How often the navigator is killed at most; `None`: again and again.
    pub failovers: Option<u32>,
    /// How long a second of the story is. Under control it does not matter: timers fire at any moment.
    pub second: Duration,
    /// Whether everybody says what they do, on the standard output.
    pub aloud: bool,
}

impl Plan {
    /// Serves for ever, and tells about it.
    pub fn production(bugs: Bugs) -> Plan {
        Plan { bugs, drinks: None, failovers: None, second: Duration::from_secs(1), aloud: true }
    }

    /// Serves this many drinks, with this many failovers at most, and quickly.
    pub fn test(bugs: Bugs, drinks: u32, failovers: u32) -> Plan {
        let (drinks, failovers, second) = (Some(drinks), Some(failovers), Duration::from_millis(1));
        Plan { bugs, drinks, failovers, second, aloud: false }
    }

    /// Returns how long so many thousandths of a second of the story are.
    pub(crate) fn millis(&self, millis: u32) -> Duration {
        self.second * millis / 1000
    }
}
