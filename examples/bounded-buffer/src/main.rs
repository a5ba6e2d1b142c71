//! Runs the smallest configuration that hangs, many times, and says whether it did.

use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use bounded_buffer::{Configuration, Wakes, run};
use clap::{Parser, ValueEnum};

/// Puts values into a buffer with room for one, and takes them out, from three threads, ten thousand times.
#[derive(Parser)]
#[command(
    after_help = "Exit codes: 0 all is done; 1 the threads hang; 2 the command line is not understood."
)]
struct Arguments {
    /// Whom each change of the buffer wakes.
    #[arg(default_value = "all")]
    woken: Woken,
}

#[derive(Clone, Copy, ValueEnum)]
enum Woken {
    /// One thread at a time: it usually hangs before long.
    One,
    /// All threads.
    All,
}

impl From<Woken> for Wakes {
    fn from(woken: Woken) -> Wakes {
        match woken {
            Woken::One => Wakes::One,
            Woken::All => Wakes::All,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the program's own thread, in production")]
fn main() -> ExitCode {
    let wakes = Wakes::from(Arguments::parse().woken);
    println!("{}, ten thousand times", Configuration::MINIMAL);
    let (done, rounds) = mpsc::channel();
    std::thread::spawn(move || {
        for round in 1..=10_000 {
            run(Configuration::MINIMAL, wakes);
            if done.send(round).is_err() {
                break;
            }
        }
    });
    let mut made = 0;
    loop {
        match rounds.recv_timeout(Duration::from_secs(3)) {
            Ok(round) => made = round,
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                println!("all is done");
                return ExitCode::SUCCESS;
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                println!(
                    "for three seconds nobody has done anything: all threads wait, in round {}",
                    made + 1
                );
                return ExitCode::FAILURE;
            }
        }
    }
}
