//! Development tasks: `cargo run -p xtask -- TASK`.

mod api;
mod arguments;
mod error;

use std::process::ExitCode;

use arguments::Task;
use error::Error;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs the task that was asked for; returns whether what it checks holds.
fn run() -> Result<bool, Error> {
    match Task::parse(std::env::args().skip(1))? {
        Task::Help => {
            println!("{}", arguments::USAGE);
            Ok(true)
        }
        Task::ApiCoverage { modules } => api::coverage(&modules),
        Task::ApiDocs { check } => api::docs(check),
    }
}
