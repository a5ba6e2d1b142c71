//! Watches two nodes until both have failed, or Enter is pressed.

use std::env;
use std::process::ExitCode;

use coyote::actors::Runtime;
use failure_detector::{Bugs, Driver, Plan};
use tokio::io::{AsyncBufReadExt, BufReader};

const USAGE: &str = "\
Watches two nodes until both have failed, or Enter is pressed.

usage: failure-detector [published | repaired]

The editions differ in their bugs; `repaired` is the default.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let edition = match &arguments[..] {
        [] => "repaired",
        [help] if help == "--help" || help == "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        [edition] => edition,
        [_, more, ..] => {
            eprintln!("error: one edition at a time: leave out `{more}`\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let Some((_, bugs)) = Bugs::EDITIONS.into_iter().find(|(name, _)| *name == edition) else {
        eprintln!("error: there is no edition `{edition}`\n\n{USAGE}");
        return ExitCode::from(2);
    };

    println!("Press Enter to end.");
    let runtime = Runtime::new();
    runtime.create(Driver::new(Plan::production(bugs)));
    tokio::select! {
        () = runtime.quiescent() => {}
        () = enter() => runtime.stop().await,
    }
    // A thread may still wait for Enter, and would keep the program from ending.
    std::process::exit(0)
}

/// Waits until Enter is pressed. Nobody presses it once the standard input is closed.
async fn enter() {
    let mut line = String::new();
    if let Ok(0) | Err(_) = BufReader::new(tokio::io::stdin()).read_line(&mut line).await {
        std::future::pending().await
    }
}
