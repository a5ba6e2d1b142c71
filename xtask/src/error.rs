//! What can go wrong.

use std::io;
use std::path::PathBuf;

use crate::api::MODULES;

/// Why a task could not be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("there is no task `{task}`; try `cargo run -p xtask -- help`")]
    Task { task: String },
    #[error("{task} takes no argument `{argument}`; try `cargo run -p xtask -- help`")]
    Argument { argument: String, task: &'static str },
    #[error("--modules needs a list, as in `--modules sync,io`")]
    NoModules,
    #[error("there is no module `{module}`: {}", MODULES.join(", "))]
    Module { module: String },
    #[error("{path}: {error}", path = path.display())]
    File { path: PathBuf, error: io::Error },
    #[error("xtask/api/{file}: line `{line}` {problem}")]
    Data { file: &'static str, line: String, problem: String },
    #[error("the signature of {path} cannot be read: {error}: `{signature}`")]
    Signature { path: String, signature: String, error: syn::Error },
    #[error("`{command}` did not run: {error}")]
    Command { command: String, error: io::Error },
    #[error("`{command}` failed:\n{output}")]
    Failed { command: String, output: String },
}
