//! Threads draw numbers from an atomic counter.
//! The mistake: `load` and `store` instead of one operation.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;

    static NEXT: AtomicU64 = AtomicU64::new(1);

    pub(super) fn draw() -> u64 {
        NEXT.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn draw_in_two_steps() -> u64 {
        let number = NEXT.load(Ordering::SeqCst);
        NEXT.store(number + 1, Ordering::SeqCst);
        number
    }

    pub(super) fn draw_two(draw: fn() -> u64) {
        let other = thread::spawn(draw);
        let mine = draw();
        assert_ne!(other.join().unwrap(), mine, "the same number twice");
    }
}

use program::{draw, draw_in_two_steps, draw_two};

#[test]
fn numbers_of_one_operation_differ() {
    threads(|| draw_two(draw)).passes();
}

#[test]
fn numbers_of_two_operations_may_be_the_same() {
    threads(|| draw_two(draw_in_two_steps)).panics("the same number twice");
}
