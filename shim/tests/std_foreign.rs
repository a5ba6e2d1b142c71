//! What threads outside of control do to mirrored objects.
//!
//! Apart from other tests: once such a thread was seen in a process, each deadlock there costs a second.
#![allow(missing_docs)]
#![expect(clippy::disallowed_methods, reason = "threads outside of control are the subject")]

mod std_support;

use coyote_engine::End;
use coyote_shim::std as cstd;
use cstd::sync::{Arc, Barrier, Condvar, Mutex, Once, mpsc};
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
            notes.set(
                notes.get() + outcome.notes.uncontrolled.iter().filter(|note| note.contains("Mutex")).count(),
            );
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

/// Lets a thread outside of control go on while this one keeps reaching scheduling points.
fn until_finished<T>(foreign: &std::thread::JoinHandle<T>) {
    while !foreign.is_finished() {
        thread::yield_now();
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// The body completes, and each run notes that something was not under control.
fn completes_with_a_note(body: impl Fn()) {
    each(&["random"], 5, body, |_, seed, outcome, _| {
        assert!(matches!(outcome.end, End::Completed), "{seed}: {:?}", outcome.end);
        assert!(!outcome.notes.uncontrolled.is_empty(), "{seed}");
    });
}

/// The body's run ends because a thread outside of control blocks, at a place in this file.
fn ends_uncontrolled(body: impl Fn()) {
    each(&["random"], 3, body, |_, seed, outcome, _| match outcome.end {
        End::Uncontrolled(text) => assert!(text.contains("std_foreign.rs"), "{seed}: {text}"),
        end => panic!("{seed}: {end:?}"),
    });
}

#[test]
fn a_thread_outside_of_control_notifies_a_task() {
    completes_with_a_note(|| {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&shared);
        let foreign = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(2));
            loop {
                if let Ok(mut ready) = other.0.try_lock() {
                    *ready = true;
                    break;
                }
            }
            other.1.notify_one();
        });
        let mut ready = shared.0.lock().expect("not poisoned");
        while !*ready {
            ready = shared.1.wait(ready).expect("not poisoned");
        }
        drop(ready);
        foreign.join().expect("no panic");
    });
}

#[test]
fn a_task_notifies_a_thread_outside_of_control() {
    completes_with_a_note(|| {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&shared);
        let (tell, told) = std::sync::mpsc::channel();
        let foreign = std::thread::spawn(move || {
            let mut ready = other.0.lock().expect("not poisoned");
            tell.send(()).expect("the test waits");
            while !*ready {
                ready = other.1.wait(ready).expect("not poisoned");
            }
        });
        told.recv().expect("the thread tells");
        *shared.0.lock().expect("not poisoned") = true;
        shared.1.notify_all();
        until_finished(&foreign);
    });
}

#[test]
fn a_thread_outside_of_control_sends_to_a_task_and_receives_from_it() {
    completes_with_a_note(|| {
        let (tell, told) = mpsc::channel();
        let (ask, asked) = mpsc::sync_channel(1);
        let foreign = std::thread::spawn(move || {
            for number in asked {
                tell.send(number + 1).expect("the test receives");
            }
        });
        for number in 0..3 {
            ask.send(number).expect("the thread receives");
            assert_eq!(told.recv(), Ok(number + 1));
        }
        drop(ask);
        assert!(told.recv().is_err());
        until_finished(&foreign);
    });
}

#[test]
fn a_thread_outside_of_control_unparks_a_task() {
    completes_with_a_note(|| {
        let parked = thread::spawn(thread::park);
        let (thread, main) = (parked.thread().clone(), thread::current());
        let foreign = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(2));
            thread.unpark();
            main.unpark();
        });
        thread::park();
        parked.join().expect("no panic");
        foreign.join().expect("no panic");
    });
}

#[test]
fn a_thread_outside_of_control_that_joins_a_task_ends_the_run() {
    ends_uncontrolled(|| {
        let parked = thread::spawn(thread::park);
        let foreign = std::thread::spawn(move || drop(parked.join()));
        until_finished(&foreign);
        (0..4).for_each(|_| thread::yield_now());
    });
}

#[test]
fn a_thread_outside_of_control_that_waits_for_an_initialiser_ends_the_run() {
    ends_uncontrolled(|| {
        let once = Arc::new(Once::new());
        let other = Arc::clone(&once);
        once.call_once(|| {
            let foreign = std::thread::spawn(move || other.call_once_force(|_| ()));
            until_finished(&foreign);
        });
    });
}

#[test]
fn a_thread_outside_of_control_that_waits_at_a_barrier_ends_the_run() {
    let barriers = std::cell::RefCell::new(Vec::new());
    ends_uncontrolled(|| {
        let barrier = Arc::new(Barrier::new(2));
        barriers.borrow_mut().push(Arc::clone(&barrier));
        let waits = Arc::clone(&barrier);
        thread::spawn(move || waits.wait());
        (0..9).for_each(|_| thread::yield_now());
        let foreign = std::thread::spawn(move || barrier.wait().is_leader());
        until_finished(&foreign);
    });
    // Lets the threads go.
    barriers.into_inner().into_iter().for_each(|barrier| {
        barrier.wait();
    });
}
