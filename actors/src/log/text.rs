//! Lines of text.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::{Log, LogEvent};

/// Writes a line for each event, into anything that bytes can be written to.
///
/// # Examples
/// ```
/// # use coyote_actors::{Runtime, TextLog};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let runtime = Runtime::builder().log(TextLog::stderr()).build();
/// # drop(runtime);
/// # });
/// ```
pub struct TextLog(Mutex<Box<dyn Write + Send>>);

impl TextLog {
    /// Creates a log that writes to `sink`. What cannot be written is lost.
    pub fn new(sink: impl Write + Send + 'static) -> Self {
        TextLog(Mutex::new(Box::new(sink)))
    }

    /// Creates a log that writes to the standard output.
    pub fn stdout() -> Self {
        TextLog::new(io::stdout())
    }

    /// Creates a log that writes to the standard error.
    pub fn stderr() -> Self {
        TextLog::new(io::stderr())
    }
}

impl Log for TextLog {
    fn log(&self, event: &LogEvent<'_>) {
        let mut sink = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(sink, "{event}");
    }
}

impl fmt::Debug for TextLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TextLog")
    }
}
