//! Three threads work on a sum, and one takes the full sum for an error.
//!
//! It fails if it comes after both others, which needs no preemption. From SCTBench (CS.lazy01_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "lazy01",
    family: Family::SctBench,
    depth: 0,
    expected: Expected::Panic("the sum is full"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(2),
        urw: Mean(4),
        pos: Mean(5),
        pct3: Mean(5),
        random: Mean(21),
        rff: Mean(6),
        q_learning: Mean(12),
        period: Mean(7),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    pub(super) fn buggy() {
        run(3);
    }

    pub(super) fn correct() {
        run(4);
    }

    fn run(limit: u32) {
        let sum = Arc::new(Mutex::new(0));
        let add = |number: u32| {
            let sum = Arc::clone(&sum);
            thread::spawn(move || *sum.lock().unwrap() += number)
        };
        let adders = [add(1), add(2)];
        let checker = thread::spawn(move || assert!(*sum.lock().unwrap() < limit, "the sum is full"));
        for thread in adders {
            thread.join().unwrap();
        }
        checker.join().unwrap();
    }
}
