//! Two locks, taken in either order.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
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
    let done = Arc::new(AtomicU32::new(0));
    let transfers: Vec<_> = [(0, 1), (1, 0), (0, 1), (1, 0)]
        .into_iter()
        .map(|(from, to)| {
            let (accounts, done) = (Arc::clone(&accounts), Arc::clone(&done));
            tokio::spawn(async move {
                let mut from = accounts[from].lock().await;
                let mut to = accounts[to].lock().await;
                *from -= 1;
                *to += 1;
                drop((from, to));
                done.fetch_add(1, SeqCst);
            })
        })
        .collect();
    for transfer in transfers {
        transfer.await.expect("a transfer does not panic");
    }
}
