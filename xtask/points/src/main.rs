//! Calls every modelled operation of tokio under control, and counts the scheduling points that each call
//! reaches. Prints one line for each: its path as in xtask's table, a tab, and the number.
//!
//! `cargo run -p xtask -- api-coverage` runs this, and compares it with `xtask/api/classes.tsv`.

mod io;
mod measure;
mod runtime;
mod sync;
mod task;
mod time;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut points = measure::Points::default();
    sync::run(&mut points);
    task::run(&mut points);
    time::run(&mut points);
    runtime::run(&mut points);
    io::run(&mut points);
    points.print()
}
