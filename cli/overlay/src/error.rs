//! What can go wrong.

use std::io;
use std::path::PathBuf;

/// Why no overlay could be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// A file or folder could not be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A manifest is not one.
    #[error("{}: {error}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<toml::de::Error>,
    },
    /// A manifest lacks something, or has it in an unknown form.
    #[error("{}: no usable `{key}`; give the folder of a package as published, or of a checkout", path.display())]
    Missing {
        /// The manifest.
        path: PathBuf,
        /// What it lacks.
        key: String,
    },
    /// The folder given as tokio's source is another package's.
    #[error("{}: this is `{found}`, not `tokio`; give the folder of tokio's source in cargo's registry", path.display())]
    NotTokio {
        /// The manifest.
        path: PathBuf,
        /// The package's name.
        found: String,
    },
}
