//! `std::sync::atomic` and `std::hint::spin_loop`.
#![allow(missing_docs)]

mod std_support;

use coyote_shim::std as cstd;
use cstd::sync::Arc;
use cstd::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use cstd::sync::atomic::{AtomicBool, AtomicI8, AtomicPtr, AtomicU64, AtomicUsize, fence};
use cstd::thread;
use std_support::*;

#[test]
fn adding_in_one_step_loses_nothing() {
    always(|| {
        let sum = Arc::new(AtomicUsize::new(0));
        let handles: Vec<_> = (0..3)
            .map(|_| {
                let sum = Arc::clone(&sum);
                thread::spawn(move || {
                    sum.fetch_add(1, Relaxed);
                    sum.update(SeqCst, Relaxed, |n| n + 1);
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().expect("no panic"));
        assert_eq!(sum.load(SeqCst), 6);
    });
}

#[test]
fn a_load_and_a_store_lose_updates() {
    finds(
        || {
            let sum = Arc::new(AtomicU64::new(0));
            let other = Arc::clone(&sum);
            let handle = thread::spawn(move || other.store(other.load(SeqCst) + 1, SeqCst));
            sum.store(sum.load(SeqCst) + 1, SeqCst);
            handle.join().expect("no panic");
            assert_eq!(sum.load(SeqCst), 2, "lost");
        },
        failed_with("lost"),
    );
}

#[test]
fn store_buffering_shows_three_outcomes() {
    let seen = always(|| {
        let flags = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
        let other = Arc::clone(&flags);
        let handle = thread::spawn(move || {
            other.0.store(true, SeqCst);
            fence(SeqCst);
            other.1.load(SeqCst)
        });
        flags.1.store(true, SeqCst);
        let a = flags.0.load(SeqCst);
        (a, handle.join().expect("no panic"))
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(false, true), (true, false), (true, true)]);
}

#[test]
fn a_spin_lock_works_under_fair_and_unfair_strategies() {
    always(|| {
        let lock = Arc::new((AtomicBool::new(false), AtomicUsize::new(0)));
        let handles: Vec<_> = (0..2)
            .map(|_| {
                let lock = Arc::clone(&lock);
                thread::spawn(move || {
                    while lock.0.compare_exchange_weak(false, true, Acquire, Relaxed).is_err() {
                        cstd::hint::spin_loop();
                    }
                    lock.1.store(lock.1.load(Relaxed) + 1, Relaxed);
                    lock.0.store(false, Release);
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().expect("no panic"));
        assert_eq!(lock.1.load(Relaxed), 2);
    });
}

fn all_methods() {
    static KEPT: AtomicI8 = AtomicI8::new(i8::MAX);
    KEPT.store(i8::MAX, SeqCst);
    assert_eq!(KEPT.fetch_add(1, AcqRel), i8::MAX);
    assert_eq!(KEPT.fetch_max(5, AcqRel), i8::MIN);
    assert_eq!(KEPT.fetch_min(3, AcqRel), 5);
    assert_eq!(KEPT.fetch_and(1, AcqRel), 3);
    assert_eq!(KEPT.fetch_or(6, AcqRel), 1);
    assert_eq!(KEPT.fetch_xor(1, AcqRel), 7);
    assert_eq!(KEPT.fetch_nand(2, AcqRel), 6);
    assert_eq!(KEPT.fetch_sub(1, AcqRel), -3);
    assert_eq!(KEPT.swap(9, AcqRel), -4);
    assert_eq!(KEPT.compare_exchange(8, 1, AcqRel, Acquire), Err(9));
    assert_eq!(KEPT.compare_exchange(9, 1, AcqRel, Acquire), Ok(9));
    assert_eq!(KEPT.fetch_update(SeqCst, SeqCst, |n| (n > 1).then_some(0)), Err(1));
    assert_eq!(KEPT.try_update(SeqCst, SeqCst, |n| Some(n + 1)), Ok(1));
    let mut bool = AtomicBool::default();
    assert!(!bool.fetch_not(SeqCst));
    assert!(bool.fetch_nand(true, SeqCst));
    *bool.get_mut() = true;
    assert!(bool.into_inner());
    let array = [1, 2, 3];
    let pointer = AtomicPtr::from((&raw const array[0]).cast_mut());
    assert_eq!(pointer.fetch_ptr_add(2, SeqCst), (&raw const array[0]).cast_mut());
    assert_eq!(pointer.fetch_byte_sub(4, SeqCst), (&raw const array[2]).cast_mut());
    assert_eq!(pointer.load(SeqCst), (&raw const array[1]).cast_mut());
    assert_eq!(format!("{:?}", AtomicU64::from(7)), "7");
}

#[test]
fn every_method_does_what_the_real_one_does() {
    all_methods();
    each(&["random"], 3, all_methods, |_, _, outcome, _| {
        assert!(matches!(outcome.end, coyote_engine::End::Completed), "{:?}", outcome.end);
    });
}
