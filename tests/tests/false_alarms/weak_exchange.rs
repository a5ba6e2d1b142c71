//! A maximum is kept in an atomic by `compare_exchange_weak`.
//! The mistake: a failed exchange is not tried again.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use coyote::std::thread;

use crate::suite::threads;

fn raise(maximum: &AtomicU32, value: u32) {
    let mut seen = maximum.load(Ordering::Relaxed);
    while seen < value {
        match maximum.compare_exchange_weak(seen, value, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => seen = now,
        }
    }
}

fn raise_in_one_try(maximum: &AtomicU32, value: u32) {
    let seen = maximum.load(Ordering::Relaxed);
    if seen < value {
        let _ = maximum.compare_exchange_weak(seen, value, Ordering::AcqRel, Ordering::Relaxed);
    }
}

fn find_maximum(raise: fn(&AtomicU32, u32)) {
    let maximum = Arc::new(AtomicU32::new(0));
    let others = [3, 1].map(|value| {
        let maximum = Arc::clone(&maximum);
        thread::spawn(move || raise(&maximum, value))
    });
    raise(&maximum, 2);
    for other in others {
        other.join().expect("nobody panics");
    }
    assert_eq!(maximum.load(Ordering::SeqCst), 3, "not the maximum");
}

#[test]
fn a_loop_finds_the_maximum() {
    threads(|| find_maximum(raise)).passes();
}

#[test]
fn one_try_may_miss_the_maximum() {
    threads(|| find_maximum(raise_in_one_try)).panics("not the maximum");
}
