//! `coyote-overlay <tokio's source> <folder>`: writes an overlay of this checkout, and prints what cargo is to
//! be given. What the tests of this repository use; users have `cargo coyote`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use coyote_overlay::{Mirror, write};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [tokio, folder] = &arguments[..] else {
        eprintln!(
            "write: coyote-overlay <folder of tokio's source in cargo's registry> <folder to write to>"
        );
        return ExitCode::from(2);
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    match write(&Mirror::of_checkout(&root), tokio, folder) {
        Ok(overlay) => {
            println!("{}", overlay.config.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("coyote-overlay: {error}");
            ExitCode::FAILURE
        }
    }
}
