//! Runs tokio's own published tests on the mirror, with control off, passive, or exploring.
//!
//! Nothing of tokio is kept in this repository: cargo fetches the package, and what is made of it lies
//! in `target/conformance`.

mod arguments;
mod build;
mod error;
mod exceptions;
mod execute;
mod lines;
mod overlay;
mod rewritten;
mod run;
mod summary;
mod verdicts;

use std::process::ExitCode;

fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)).and_then(|arguments| run::run(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("conformance: {error}");
            ExitCode::from(2)
        }
    }
}
