//! Ticks three times.

use std::time::Duration;

use clap::Parser;

/// Ticks three times.
#[derive(Parser)]
struct Arguments {}

#[tokio::main]
async fn main() {
    let Arguments {} = Arguments::parse();
    timers::tick(Duration::from_secs(1), 3, true).await;
}
