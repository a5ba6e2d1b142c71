//! Initialisation once: `Once`, `OnceLock`, `LazyLock`.
#![allow(missing_docs)]

mod std_support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use coyote_shim::std as cstd;
use cstd::sync::atomic::{AtomicU32, Ordering};
use cstd::sync::{Arc, LazyLock, Once, OnceLock};
use cstd::thread;
use std_support::*;

#[test]
fn once_runs_one_initialiser_and_others_wait_for_it() {
    always(|| {
        let shared = Arc::new((Once::new(), AtomicU32::new(0)));
        let handles: Vec<_> = (0..3)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.0.call_once(|| {
                        let before = shared.1.load(Ordering::SeqCst);
                        thread::yield_now();
                        shared.1.store(before + 1, Ordering::SeqCst);
                    });
                    assert!(shared.0.is_completed());
                    assert_eq!(shared.1.load(Ordering::SeqCst), 1);
                })
            })
            .collect();
        shared.0.wait();
        assert_eq!(shared.1.load(Ordering::SeqCst), 1);
        handles.into_iter().for_each(|handle| handle.join().expect("no panic"));
    });
}

#[test]
fn a_failed_once_is_poisoned_until_it_is_forced() {
    always(|| {
        let once = Arc::new(Once::new());
        let other = Arc::clone(&once);
        assert!(thread::spawn(move || other.call_once(|| panic!("on purpose"))).join().is_err());
        assert!(!once.is_completed());
        let again = catch_unwind(AssertUnwindSafe(|| once.call_once(|| ())));
        assert!(again.is_err());
        assert!(catch_unwind(AssertUnwindSafe(|| once.wait())).is_err());
        let other = Arc::clone(&once);
        let waiter = thread::spawn(move || other.wait_force());
        once.call_once_force(|state| assert!(state.is_poisoned()));
        waiter.join().expect("no panic");
        assert!(once.is_completed());
        once.wait();
    });
}

#[test]
fn initialising_a_once_in_itself_deadlocks() {
    finds(
        || {
            let once = Once::new();
            once.call_once(|| once.call_once(|| ()));
        },
        deadlock,
    );
}

#[test]
fn a_static_whose_initialiser_was_cancelled_is_as_if_never_used() {
    static ONCE: Once = Once::new();
    static CELL: OnceLock<u32> = OnceLock::new();
    static LAZY: LazyLock<u32> = LazyLock::new(|| {
        block_under_control();
        7
    });
    fn block_under_control() {
        if coyote_engine::current().is_some() {
            thread::park();
        }
    }
    let seen = always(|| {
        thread::spawn(|| ONCE.call_once(block_under_control));
        thread::spawn(|| {
            CELL.get_or_init(|| {
                block_under_control();
                8
            })
        });
        thread::spawn(|| *LAZY);
        (0..8).for_each(|_| thread::yield_now());
        ONCE.is_completed() || CELL.get().is_some() || LazyLock::get(&LAZY).is_some()
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [false]);
    let mut ran = false;
    ONCE.call_once(|| ran = true);
    assert!(ran);
    assert_eq!((*LAZY, *CELL.get_or_init(|| 9)), (7, 9));
}

#[test]
fn a_once_lock_holds_the_first_value() {
    let seen = always(|| {
        let cell = Arc::new(OnceLock::new());
        let handles: Vec<_> = (0..3)
            .map(|i| {
                let cell = Arc::clone(&cell);
                thread::spawn(move || {
                    let value = *cell.get_or_init(|| {
                        thread::yield_now();
                        i
                    });
                    assert_eq!(cell.get(), Some(&value));
                    assert_eq!(cell.set(9), Err(9));
                    value
                })
            })
            .collect();
        let first = *cell.wait();
        for handle in handles {
            assert_eq!(handle.join().expect("no panic"), first);
        }
        first
    });
    assert_eq!(seen.len(), 3);
}

#[test]
fn a_once_lock_whose_initialiser_panics_is_empty() {
    always(|| {
        let mut cell = OnceLock::new();
        assert!(catch_unwind(AssertUnwindSafe(|| cell.get_or_init(|| panic!("on purpose")))).is_err());
        assert_eq!(cell.get(), None);
        assert_eq!(cell.set(1), Ok(()));
        assert_eq!(cell.clone(), cell);
        assert_eq!(cell.take(), Some(1));
        assert_eq!(cell.get_mut(), None);
        assert_eq!(*cell.get_or_init(|| 2), 2);
        assert_eq!(cell.into_inner(), Some(2));
    });
}

#[test]
fn looking_at_a_once_lock_before_it_is_set_is_found() {
    finds(
        || {
            let cell = Arc::new(OnceLock::new());
            let other = Arc::clone(&cell);
            let handle = thread::spawn(move || other.set(1));
            assert!(cell.get().is_some(), "too early");
            handle.join().expect("no panic").expect("set once");
        },
        failed_with("too early"),
    );
}

#[test]
fn a_lazy_lock_computes_once() {
    always(|| {
        let shared = Arc::new((AtomicU32::new(0), OnceLock::new()));
        let counter = Arc::clone(&shared);
        let lazy = Arc::new(LazyLock::new(move || {
            thread::yield_now();
            counter.0.fetch_add(1, Ordering::SeqCst)
        }));
        assert!(LazyLock::get(&lazy).is_none());
        let handles: Vec<_> = (0..3)
            .map(|_| {
                let lazy = Arc::clone(&lazy);
                thread::spawn(move || assert_eq!(**lazy, 0))
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().expect("no panic"));
        assert_eq!(shared.0.load(Ordering::SeqCst), 1);
        assert!(shared.1.set(()).is_ok());
    });
}

#[test]
fn a_lazy_lock_that_panicked_is_poisoned() {
    always(|| {
        let lazy: LazyLock<u32> = LazyLock::new(|| panic!("on purpose"));
        for text in ["on purpose", "LazyLock instance has previously been poisoned"] {
            let payload = catch_unwind(AssertUnwindSafe(|| *lazy)).expect_err("it panics");
            assert_eq!(payload.downcast_ref::<&str>(), Some(&text));
        }
    });
    let mut lazy: LazyLock<u32> = LazyLock::new(|| 3);
    *lazy += 1;
    assert_eq!(LazyLock::get_mut(&mut lazy), Some(&mut 4));
    assert_eq!(format!("{lazy:?}"), "LazyLock(4)");
}

#[test]
fn once_passes_through_when_nothing_explores() {
    static CELL: OnceLock<u32> = OnceLock::new();
    let waiter = thread::spawn(|| *CELL.wait());
    assert_eq!(*CELL.get_or_init(|| 1), 1);
    assert_eq!(waiter.join().expect("no panic"), 1);
    let once = Once::new();
    once.call_once(|| ());
    once.call_once(|| panic!("it has run"));
    assert!(once.is_completed());
    let once = Once::new();
    assert!(
        catch_unwind(AssertUnwindSafe(|| once.call_once(|| panic!("on purpose, in a test of poisoning"))))
            .is_err()
    );
    once.call_once_force(|state| assert!(state.is_poisoned()));
}
