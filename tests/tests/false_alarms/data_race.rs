//! A value is written, and a flag says so.
//! The mistake: the flag is stored and loaded `Relaxed`.

use std::sync::atomic::Ordering;

use crate::suite::threads;

#[coyote::instrument]
mod slot {
    #![expect(unsafe_code, reason = "a cell that threads share")]

    use std::cell::UnsafeCell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    #[derive(Default)]
    struct Slot {
        value: UnsafeCell<u32>,
        is_set: AtomicBool,
    }

    // SAFETY: the flag says when the value may be read, if it is as strong as it has to be.
    unsafe impl Sync for Slot {}

    pub(super) fn hand_over(store: Ordering, load: Ordering) {
        let slot = Arc::new(Slot::default());
        let theirs = Arc::clone(&slot);
        let writer = thread::spawn(move || {
            // SAFETY: nobody reads before the flag is set.
            unsafe { *theirs.value.get() = 7 };
            theirs.is_set.store(true, store);
        });
        if slot.is_set.load(load) {
            // SAFETY: the flag is set.
            assert_eq!(unsafe { *slot.value.get() }, 7);
        }
        writer.join().expect("nobody panics");
    }
}

#[test]
fn a_flag_that_is_released_and_acquired_hands_the_value_over() {
    threads(|| slot::hand_over(Ordering::Release, Ordering::Acquire)).passes();
}

#[test]
fn a_relaxed_flag_hands_nothing_over() {
    threads(|| slot::hand_over(Ordering::Relaxed, Ordering::Relaxed)).races();
}
