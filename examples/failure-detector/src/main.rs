//! Watches two nodes until both have failed, or Enter is pressed.

use coyote::actors::Runtime;
use failure_detector::{Bugs, Driver, Plan};
use sample_command_line::enter;

const ABOUT: &str = "Watches two nodes until both have failed, or Enter is pressed.";

#[tokio::main]
async fn main() {
    let bugs = sample_command_line::edition(env!("CARGO_PKG_NAME"), ABOUT, Bugs::EDITIONS);
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
