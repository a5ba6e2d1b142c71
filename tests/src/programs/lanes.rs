//! Two tasks that block both workers of their runtime.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use coyote::std::sync::{Condvar, Mutex};

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "lanes",
    end: "deadlock",
    message: "cannot run",
    preemptions: 0,
    configure: |config| config.lanes(coyote::Lanes::Workers(2)),
    body: Body::Async(|| Box::pin(body())),
};

/// Two tasks block their worker until a third one has opened the door.
///
/// # Panics
/// Never, for it is stuck before.
pub async fn body() {
    let door = Arc::new((Mutex::new(false), Condvar::new()));
    let seen = Arc::new(AtomicU32::new(0));
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let (door, seen) = (Arc::clone(&door), Arc::clone(&seen));
        tasks.push(tokio::spawn(async move {
            seen.fetch_add(1, SeqCst);
            tokio::task::yield_now().await;
            let open = door.0.lock().expect("nobody panics");
            drop(door.1.wait_while(open, |open| !*open).expect("nobody panics"));
        }));
    }
    for _ in 0..4 {
        let seen = Arc::clone(&seen);
        tasks.push(tokio::spawn(async move {
            seen.fetch_add(1, SeqCst);
        }));
    }
    tasks.push(tokio::spawn(async move {
        seen.fetch_add(1, SeqCst);
        *door.0.lock().expect("nobody panics") = true;
        door.1.notify_all();
    }));
    for task in tasks {
        task.await.expect("no task panics");
    }
}
