//! Measurements: side by side with a peer, and of the engine by itself.
//!
//! ```text
//! cargo run --release -p coyote-benches -- peers [--seconds 0.4] [--rounds 7] [--only text]
//! cargo run --release -p coyote-benches -- ours [--seconds 0.4] [--rounds 7] [--only text]
//! cargo run --release -p coyote-benches -- scale [--rounds 5] [--only text]
//! cargo run --release -p coyote-benches -- micro [--seconds 0.3] [--rounds 7]
//! cargo run --release -p coyote-benches -- actors [--rounds 7]
//! cargo run --release -p coyote-benches -- memory [--executions 1000000] [--only text]
//! cargo run --release -p coyote-benches -- corpus [--trials 20] [--cap 10000] [--strategy name]… [--peer] [--only text]…
//! cargo run --release -p coyote-benches -- build-time [--rounds 3] [--jobs 2]
//! cargo run -p coyote-benches -- dev [--seconds 0.4] [--rounds 7]
//! ```
//!
//! Results are tab-separated on stdout, everything else is on stderr. All numbers of one table come from
//! one process on one machine; what is compared alternates in short chunks, and medians are taken, so
//! that a busy moment of the machine falls on both sides or on none.

mod actors;
mod args;
mod build_time;
mod clock;
mod corpus;
mod explore;
mod floor;
mod memory;
mod micro;
mod peers;
mod scale;
mod workloads;

use std::process::ExitCode;

use args::{Args, Command};

fn main() -> ExitCode {
    let args = match Args::parse() {
        Ok(args) => args,
        Err(error) => {
            eprintln!("coyote-benches: {error}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    if cfg!(debug_assertions) && !matches!(args.command, Command::Dev | Command::BuildTime | Command::Corpus)
    {
        eprintln!("coyote-benches: this is a dev build: numbers mean something with `--release` only");
    }
    match args.command {
        Command::Peers => peers::run(&args),
        Command::Ours => peers::run_ours(&args),
        Command::Scale => scale::run(&args),
        Command::Micro => micro::run(&args),
        Command::Actors => actors::run(&args),
        Command::Memory => memory::run(&args),
        Command::Corpus => corpus::run(&args),
        Command::Dev => micro::dev(&args),
        Command::BuildTime => match build_time::run(&args) {
            Ok(()) => {}
            Err(error) => {
                eprintln!("coyote-benches: {error}");
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}
