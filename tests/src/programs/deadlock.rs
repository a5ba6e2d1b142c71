//! Two locks, taken in either order.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "deadlock",
    end: "deadlock",
    message: "wait for each other",
    preemptions: 1,
    configure: |config| config,
    body: Body::Async(|| Box::pin(body())),
};

/// Moves money to and fro between two accounts.
///
/// # Panics
/// Never, for it is stuck before.
pub async fn body() {
    let accounts = Arc::new([Mutex::new(10), Mutex::new(10)]);
    let transfers: Vec<_> = [(0, 1), (1, 0), (0, 1)]
        .into_iter()
        .map(|(from, to)| {
            let accounts = Arc::clone(&accounts);
            tokio::spawn(async move {
                let mut from = accounts[from].lock().await;
                let mut to = accounts[to].lock().await;
                *from -= 1;
                *to += 1;
            })
        })
        .collect();
    for transfer in transfers {
        transfer.await.expect("a transfer does not panic");
    }
}
