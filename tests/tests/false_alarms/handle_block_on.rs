//! Code on a blocking thread runs a future to its end with the runtime's `Handle`.
//! The mistake: it holds a lock of std meanwhile that the future's task needs.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use tokio::runtime::Handle;

use crate::suite::tasks;

async fn add_on_task(count: Arc<Mutex<u32>>) {
    let task = Handle::current().spawn(async move { *count.lock().expect("nobody panics") += 1 });
    task.await.expect("nobody aborts it");
}

fn wait_unlocked(handle: &Handle, count: &Arc<Mutex<u32>>) {
    handle.block_on(add_on_task(Arc::clone(count)));
    *count.lock().expect("nobody panics") += 1;
}

fn wait_locked(handle: &Handle, count: &Arc<Mutex<u32>>) {
    let mut locked = count.lock().expect("nobody panics");
    handle.block_on(add_on_task(Arc::clone(count)));
    *locked += 1;
}

async fn bridge(wait: fn(&Handle, &Arc<Mutex<u32>>)) {
    let count = Arc::new(Mutex::new(0));
    let blocking = [0, 1].map(|_| {
        let (handle, count) = (Handle::current(), Arc::clone(&count));
        tokio::task::spawn_blocking(move || wait(&handle, &count))
    });
    for thread in blocking {
        thread.await.expect("nobody aborts it");
    }
    assert_eq!(*count.lock().expect("nobody panics"), 4);
}

#[test]
fn a_thread_may_wait_for_a_future() {
    tasks(|| bridge(wait_unlocked)).passes();
}

#[test]
fn waiting_with_a_lock_that_the_future_needs_deadlocks() {
    tasks(|| bridge(wait_locked)).deadlocks();
}
