//! What threads outside of control do to mirrored objects.
//!
//! Apart from other tests: once such a thread was seen in a process, each deadlock there costs a second.
#![allow(missing_docs)]
#![expect(clippy::disallowed_methods, reason = "threads outside of control are the subject")]

mod std_support;

use coyote_engine::End;
use coyote_shim::std as cstd;
use cstd::sync::{Arc, Mutex};
use cstd::thread;
use cstd::time::Duration;
use std_support::*;

#[test]
fn a_lock_shared_with_a_thread_outside_of_control_works_and_is_noted() {
    let lock = Arc::new(Mutex::new(0));
    let notes = std::cell::Cell::new(0);
    each(
        &["random"],
        5,
        || {
            let other = Arc::clone(&lock);
            let (tell, told) = std::sync::mpsc::channel();
            let foreign = std::thread::spawn(move || {
                let guard = other.lock().expect("not poisoned");
                tell.send(()).expect("the test waits");
                std::thread::sleep(Duration::from_millis(5));
                drop(guard);
            });
            told.recv().expect("the thread tells");
            *lock.lock().expect("not poisoned") += 1;
            foreign.join().expect("no panic");
        },
        |_, seed, outcome, _| {
            assert!(matches!(outcome.end, End::Completed), "{seed}: {:?}", outcome.end);
            notes
                .set(notes.get() + outcome.uncontrolled.iter().filter(|note| note.contains("Mutex")).count());
        },
    );
    assert_eq!(notes.get(), 5);
    assert_eq!(*lock.lock().expect("not poisoned"), 5);
}

#[test]
fn a_thread_outside_of_control_that_blocks_on_a_held_lock_ends_the_run() {
    each(
        &["random"],
        3,
        || {
            let lock = Arc::new(Mutex::new(0));
            let guard = lock.lock().expect("not poisoned");
            let other = Arc::clone(&lock);
            let foreign = std::thread::spawn(move || drop(other.lock()));
            while !foreign.is_finished() {
                thread::yield_now();
                std::thread::sleep(Duration::from_micros(100));
            }
            drop(guard);
        },
        |_, seed, outcome, _| match outcome.end {
            End::Uncontrolled(text) => assert!(text.contains("std_foreign.rs"), "{seed}: {text}"),
            end => panic!("{seed}: {end:?}"),
        },
    );
}
