//! Enter ends a program.

use tokio::io::{AsyncBufReadExt, BufReader};

/// Waits until Enter is pressed. Nobody presses it once the standard input is closed.
///
/// A thread may go on waiting for Enter when nobody else does, and would keep the program from ending: see
/// [`std::process::exit`].
pub async fn enter() {
    let mut line = String::new();
    if let Ok(0) | Err(_) = BufReader::new(tokio::io::stdin()).read_line(&mut line).await {
        std::future::pending().await
    }
}
