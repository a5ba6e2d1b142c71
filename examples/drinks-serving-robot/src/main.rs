//! Serves drinks until Enter is pressed, and kills the navigator at random times.

use std::env;
use std::process::ExitCode;

use coyote::actors::Runtime;
use drinks_serving_robot::{Bugs, FailoverDriver, Plan};
use tokio::io::{AsyncBufReadExt, BufReader};

const USAGE: &str = "\
Serves drinks until Enter is pressed, and kills the navigator at random times.

usage: drinks-serving-robot [tutorial | published | repaired]

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
    runtime.create(FailoverDriver::new(Plan::production(bugs)));

    let mut line = String::new();
    match BufReader::new(tokio::io::stdin()).read_line(&mut line).await {
        Ok(1..) => println!("Closing the bar."),
        Ok(0) | Err(_) => println!("Nobody can press Enter any more: closing the bar."),
    }
    runtime.stop().await;
    ExitCode::SUCCESS
}
