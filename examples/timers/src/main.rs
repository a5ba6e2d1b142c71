//! Ticks three times.

use std::time::Duration;

#[tokio::main]
async fn main() {
    timers::tick(Duration::from_secs(1), 3, true).await;
}
