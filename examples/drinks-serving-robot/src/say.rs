//! What the actors say, for whoever watches.

use std::io::{self, Write};

use crate::Plan;

impl Plan {
    /// Says a line, if this is to be run aloud. A reader who has gone away is no reason to stop serving.
    pub(crate) fn say(&self, who: &str, what: std::fmt::Arguments<'_>) {
        if self.aloud {
            let _ = writeln!(io::stdout(), "<{who}> {what}");
        }
    }
}
