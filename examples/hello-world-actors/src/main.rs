//! Greets. Now and then once too often: then the failure is printed.

use clap::Parser;

/// Greets. Now and then once too often: then the failure is printed.
#[derive(Parser)]
struct Arguments {}

#[tokio::main]
async fn main() {
    let Arguments {} = Arguments::parse();
    hello_world_actors::greet(true, true).await;
}
