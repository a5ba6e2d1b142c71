//! A condition that is not looked at again after waiting for it.

use std::collections::VecDeque;
use std::sync::Arc;

use coyote::std::sync::{Condvar, Mutex};
use coyote::std::thread;

use super::{Body, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "condvar",
    end: "failed",
    message: "the queue is empty",
    preemptions: 2,
    // A spurious wake-up would do with fewer.
    configure: |config| config.spurious(false),
    body: Body::Sync(body),
};

/// Two consumers wait for two items; `if`, where it should be `while`.
///
/// # Panics
/// Panics if a consumer finds nothing.
pub fn body() {
    let queue = Arc::new((Mutex::new(VecDeque::new()), Condvar::new()));
    let consumers: Vec<_> = (0..3)
        .map(|_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                let mut items = queue.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                if items.is_empty() {
                    items = queue.1.wait(items).unwrap_or_else(|poisoned| poisoned.into_inner());
                }
                items.pop_front().expect("the queue is empty")
            })
        })
        .collect();
    for item in 0..3 {
        queue.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push_back(item);
        queue.1.notify_all();
    }
    for consumer in consumers {
        if let Err(panic) = consumer.join() {
            std::panic::resume_unwind(panic);
        }
    }
}
