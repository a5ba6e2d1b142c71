//! Makes coffee until there is no water, or there are no beans, or Enter is pressed; kills machines at random times.

use std::env;
use std::process::ExitCode;

use coffee_machine_tasks::{Bugs, Plan, run};
use tokio::io::{AsyncBufReadExt, BufReader};

const USAGE: &str = "\
Makes coffee until there is no water, or there are no beans, or Enter is pressed; kills machines at random times.

usage: coffee-machine-tasks [tutorial | published | repaired]

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
    tokio::select! {
        () = run(Plan::production(bugs)) => {}
        () = enter() => {}
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
