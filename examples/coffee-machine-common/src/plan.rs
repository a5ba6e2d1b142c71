//! What is run: with which bugs, for how long, how fast.

use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

/// What is run, with which of the bugs `B` of a machine.
#[derive(Clone, Copy, Debug)]
pub struct Plan<B> {
    /// Which bugs are in.
    pub bugs: B,
    /// How many coffees are asked for, each of a machine of its own; `None`: until there is no water, or there are
    /// no beans.
    pub rounds: Option<u32>,
    /// Water and filter fill up, and heat, little by little; otherwise in one jump.
    pub slowly: bool,
    /// How long a second of the story is. Under control it does not matter: timers fire at any moment.
    pub second: Duration,
    /// Whether everybody says what they do, on the standard output.
    pub aloud: bool,
}

impl<B> Plan<B> {
    /// Makes coffee as long as there is water and beans, and tells about it.
    pub fn production(bugs: B) -> Plan<B> {
        Plan { bugs, rounds: None, slowly: true, second: Duration::from_secs(1), aloud: true }
    }

    /// Makes this many coffees, quickly.
    pub fn test(bugs: B, rounds: u32) -> Plan<B> {
        Plan { bugs, rounds: Some(rounds), slowly: false, second: Duration::from_millis(1), aloud: false }
    }

    /// Returns how long so many tenths of a second of the story are.
    pub fn tenths(&self, tenths: u32) -> Duration {
        self.second * tenths / 10
    }

    /// Says a line, if this is to be run aloud. A reader who has gone away is no reason to stop.
    pub fn say(&self, who: &str, what: fmt::Arguments<'_>) {
        if self.aloud {
            let _ = writeln!(io::stdout(), "<{who}> {what}");
        }
    }
}
