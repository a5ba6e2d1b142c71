//! Local tasks of one thread share std's `Mutex`.
//! The mistake: one holds the lock across an `.await`; the next blocks the thread that would go on.

use std::future::Future;
use std::rc::Rc;

use coyote::std::sync::Mutex;
use tokio::task::{LocalSet, yield_now};

use crate::suite::{Mode, tasks};

async fn unlock_before_await(count: Rc<Mutex<u32>>) {
    *count.lock().expect("nobody panics") += 1;
    yield_now().await;
}

async fn unlock_after_await(count: Rc<Mutex<u32>>) {
    let mut locked = count.lock().expect("nobody panics");
    yield_now().await;
    *locked += 1;
}

async fn two_locals<F: Future<Output = ()> + 'static>(work: fn(Rc<Mutex<u32>>) -> F) {
    let local = LocalSet::new();
    let count = Rc::new(Mutex::new(0));
    let works = [0, 1].map(|_| local.spawn_local(work(Rc::clone(&count))));
    local.await;
    for work in works {
        work.await.expect("nobody aborts it");
    }
    assert_eq!(*count.lock().expect("nobody panics"), 2);
}

#[test]
fn a_lock_held_between_awaits_is_free_at_them() {
    tasks(|| two_locals(unlock_before_await)).passes();
}

#[test]
fn a_lock_held_across_an_await_deadlocks_its_thread() {
    tasks(|| two_locals(unlock_after_await)).deadlocks();
}

#[test]
fn nor_does_a_current_thread_test_escape_it() {
    tasks(|| two_locals(unlock_after_await)).under(Mode::CurrentThread).deadlocks();
}
