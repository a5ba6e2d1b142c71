//! Makes coffee until there is no water, or there are no beans, or Enter is pressed; kills machines at random times.

use coffee_machine_actors::{Bugs, FailoverDriver, Plan};
use coyote::actors::Runtime;
use sample_command_line::enter;

const ABOUT: &str = "Makes coffee until there is no water, or there are no beans, or Enter is pressed; kills machines at random times.";

#[tokio::main]
async fn main() {
    let bugs = sample_command_line::edition(env!("CARGO_PKG_NAME"), ABOUT, Bugs::EDITIONS);
    println!("Press Enter to end.");
    let runtime = Runtime::new();
    runtime.create(FailoverDriver::new(Plan::production(bugs)));
    tokio::select! {
        () = runtime.quiescent() => {}
        () = enter() => runtime.stop().await,
    }
    // A thread may still wait for Enter, and would keep the program from ending.
    std::process::exit(0)
}
