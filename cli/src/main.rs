//! `cargo coyote`: runs concurrency tests in parallel processes, replays and shows what they found.
//!
//! | module | does |
//! |---|---|
//! | `arguments` | what may be written on the command line |
//! | `commands` | one file per command |
//! | `config` | profiles of `coyote.toml` |
//! | `cargo` | asks cargo: packages and their features, builds |
//! | `harness` | test programs: which tests they have, one of them in a process of its own |
//! | `run` | many of those at a time, and what came of them |
//! | `interrupt` | Ctrl-C |
//! | `output` | what is said, for people and for programs |

#![allow(
    clippy::disallowed_methods,
    reason = "a program of its own, that runs outside of all control and takes its settings from the environment"
)]

mod arguments;
mod cargo;
mod commands;
mod config;
mod error;
mod harness;
mod interrupt;
mod output;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::main()
}
