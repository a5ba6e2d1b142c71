//! Serves drinks until Enter is pressed, and kills the navigator at random times.

use coyote::actors::Runtime;
use drinks_serving_robot::{Bugs, FailoverDriver, Plan};
use tokio::io::{AsyncBufReadExt, BufReader};

const ABOUT: &str = "Serves drinks until Enter is pressed, and kills the navigator at random times.";

#[tokio::main]
async fn main() {
    let bugs = sample_command_line::edition(env!("CARGO_PKG_NAME"), ABOUT, Bugs::EDITIONS);
    println!("Press Enter to end.");
    let runtime = Runtime::new();
    runtime.create(FailoverDriver::new(Plan::production(bugs)));

    let mut line = String::new();
    match BufReader::new(tokio::io::stdin()).read_line(&mut line).await {
        Ok(1..) => println!("Closing the bar."),
        Ok(0) | Err(_) => println!("Nobody can press Enter any more: closing the bar."),
    }
    runtime.stop().await;
}
