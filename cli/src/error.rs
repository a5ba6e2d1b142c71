//! What keeps a command from doing what it is asked to, and the codes that it ends with.

use std::io;
use std::path::{Path, PathBuf};

/// All went well, and no bug was found.
pub(crate) const CLEAN: u8 = 0;
/// Something that was given cannot be used, or the tests do not build.
pub(crate) const USAGE: u8 = 1;
/// A bug was found, or a test failed.
pub(crate) const BUG: u8 = 2;
/// A mistake of this program's own.
pub(crate) const INTERNAL: u8 = 3;
/// A trace was replayed, and did not lead to the failure it was recorded for.
pub(crate) const NOT_REPRODUCED: u8 = 4;
/// Ctrl-C: 128 and the number of SIGINT.
pub(crate) const INTERRUPTED: u8 = 130;

/// Why a command could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A value, an argument, or a combination of them.
    #[error("{0}")]
    Usage(String),
    /// A file or folder.
    #[error("{}: {error}; {instead}", path.display())]
    File { path: PathBuf, error: io::Error, instead: &'static str },
    /// A program that cannot be started.
    #[error("`{program}` cannot be started: {error}; {instead}")]
    Start { program: String, error: io::Error, instead: &'static str },
    /// cargo has said why.
    #[error("cargo {what} failed: see above")]
    Cargo { what: &'static str },
    /// What cargo says is not understood.
    #[error("{what} cannot be read: {error}")]
    Answer { what: &'static str, error: serde_json::Error },
    /// A trace that cannot be used.
    #[error("{}: {error}", path.display())]
    Trace { path: PathBuf, error: coyote_engine::trace::TraceError },
    /// A trace string that cannot be used.
    #[error(transparent)]
    Short(coyote_engine::trace::TraceError),
    /// A recording that cannot be used.
    #[error("{}: {error}", path.display())]
    Recording { path: PathBuf, error: coyote_report::RecordedError },
    /// Ctrl-C.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn file(path: &Path, error: io::Error, instead: &'static str) -> Error {
        Error::File { path: path.to_path_buf(), error, instead }
    }

    /// Returns the code to end with.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Error::Answer { .. } => INTERNAL,
            Error::Interrupted => INTERRUPTED,
            _ => USAGE,
        }
    }
}
