//! A thread waits for a flag with std's `Condvar`.
//! The mistake: the flag is an atomic, set without the mutex, so the notification may come between the
//! look and the wait.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicBool, Ordering};
use coyote::std::sync::{Condvar, Mutex};
use coyote::std::thread;

use crate::suite::threads;

#[derive(Default)]
struct Flag {
    set: AtomicBool,
    mutex: Mutex<()>,
    changed: Condvar,
}

fn set_under_lock(flag: &Flag) {
    let guard = flag.mutex.lock().expect("nobody panics");
    flag.set.store(true, Ordering::SeqCst);
    drop(guard);
    flag.changed.notify_one();
}

fn set_without_lock(flag: &Flag) {
    flag.set.store(true, Ordering::SeqCst);
    flag.changed.notify_one();
}

fn wait_for_flag(set: fn(&Flag)) {
    let flag = Arc::new(Flag::default());
    let setter = thread::spawn({
        let flag = Arc::clone(&flag);
        move || set(&flag)
    });
    let mut guard = flag.mutex.lock().expect("nobody panics");
    while !flag.set.load(Ordering::SeqCst) {
        guard = flag.changed.wait(guard).expect("nobody panics");
    }
    drop(guard);
    setter.join().expect("nobody panics");
}

#[test]
fn a_flag_set_under_the_lock_is_seen() {
    threads(|| wait_for_flag(set_under_lock)).passes();
}

#[test]
fn a_flag_set_without_the_lock_loses_the_wake_up() {
    threads(|| wait_for_flag(set_without_lock)).deadlocks();
}
