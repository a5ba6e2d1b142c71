//! Runs the smallest configuration that hangs, many times, and says whether it did.

use std::env;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;

use bounded_buffer::{Configuration, Wakes, run};

const USAGE: &str = "\
Puts values into a buffer with room for one, and takes them out, from three threads, ten thousand times.

usage: bounded-buffer [one | all]

`one` wakes one thread at a time, and usually hangs before long; `all`, the default, wakes all.

exit codes: 0  all is done
            1  the threads hang
            2  the command line is not understood";

#[expect(clippy::disallowed_methods, reason = "the program's own thread, in production")]
fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let wakes = match arguments[..] {
        [] | ["all"] => Wakes::All,
        ["one"] => Wakes::One,
        ["--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("error: `{}` says neither `one` nor `all`\n\n{USAGE}", arguments.join(" "));
            return ExitCode::from(2);
        }
    };
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
