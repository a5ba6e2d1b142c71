//! Why the tests could not be run at all.

use std::io;
use std::path::{Path, PathBuf};

/// Why the tests could not be run at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{argument:?}: {problem}; {usage}", usage = crate::arguments::USAGE)]
    Argument { argument: String, problem: &'static str },
    #[error("{}: {error}", path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("{}: {problem}", path.display())]
    Content { path: PathBuf, problem: String },
    #[error("`{command}`: {problem}")]
    Command { command: String, problem: String },
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Adds the path to an error of the file system.
pub(crate) fn at<T>(path: &Path, result: io::Result<T>) -> Result<T> {
    result.map_err(|error| Error::File { path: path.to_owned(), error })
}

/// Says what is wrong with a file.
pub(crate) fn content(path: &Path, problem: impl ToString) -> Error {
    Error::Content { path: path.to_owned(), problem: problem.to_string() }
}
