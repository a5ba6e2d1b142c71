//! A thread waits until another has opened a gate, with std's `Condvar`.
//! The mistake: it looks at the gate once before it waits, and not again after.

use std::sync::Arc;

use coyote::std::sync::{Condvar, Mutex, MutexGuard};
use coyote::std::thread;

use crate::suite::threads;

#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

fn wait_in_a_loop<'a>(gate: &Gate, mut open: MutexGuard<'a, bool>) -> MutexGuard<'a, bool> {
    while !*open {
        open = gate.changed.wait(open).expect("nobody panics");
    }
    open
}

fn wait_once<'a>(gate: &Gate, open: MutexGuard<'a, bool>) -> MutexGuard<'a, bool> {
    if *open { open } else { gate.changed.wait(open).expect("nobody panics") }
}

fn go_through(wait: for<'a> fn(&Gate, MutexGuard<'a, bool>) -> MutexGuard<'a, bool>) {
    let gate = Arc::new(Gate::default());
    let opener = thread::spawn({
        let gate = Arc::clone(&gate);
        move || {
            *gate.open.lock().expect("nobody panics") = true;
            gate.changed.notify_all();
        }
    });
    let open = wait(&gate, gate.open.lock().expect("nobody panics"));
    assert!(*open, "the gate is closed");
    drop(open);
    opener.join().expect("nobody panics");
}

#[test]
fn a_wait_in_a_loop_outlasts_spurious_wake_ups() {
    threads(|| go_through(wait_in_a_loop)).passes();
}

#[test]
fn a_wait_without_a_loop_may_end_too_soon() {
    threads(|| go_through(wait_once)).panics("the gate is closed");
}
