//! Scoped threads each sum a part of a slice.
//! The mistake: to take results in the order in which the threads end.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::Mutex;
    use std::thread;

    const NUMBERS: [u32; 4] = [1, 2, 3, 4];

    pub(super) fn join_in_order() -> Vec<u32> {
        thread::scope(|scope| {
            let parts: Vec<_> =
                NUMBERS.chunks(2).map(|part| scope.spawn(move || part.iter().sum::<u32>())).collect();
            parts.into_iter().map(|part| part.join().unwrap()).collect()
        })
    }

    pub(super) fn collect_as_they_end() -> Vec<u32> {
        let sums = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for part in NUMBERS.chunks(2) {
                scope.spawn(|| sums.lock().unwrap().push(part.iter().sum()));
            }
        });
        sums.into_inner().unwrap()
    }

    pub(super) fn sum_parts(collect: fn() -> Vec<u32>) {
        assert_eq!(collect(), [3, 7], "out of order");
    }
}

use program::{collect_as_they_end, join_in_order, sum_parts};

#[test]
fn joined_results_are_in_order() {
    threads(|| sum_parts(join_in_order)).passes();
}

#[test]
fn threads_end_in_any_order() {
    threads(|| sum_parts(collect_as_they_end)).panics("out of order");
}
