//! Two threads take two locks in opposite orders.
//!
//! One preemption: between the two locks of one thread. From SCTBench (CS.deadlock01_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "deadlock01",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Deadlock,
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(2),
        urw: Mean(3),
        pos: Mean(4),
        pct3: Mean(13),
        random: Mean(3),
        rff: Mean(5),
        q_learning: Mean(1),
        period: Mean(3),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    fn count(first: &Mutex<u32>, second: &Mutex<u32>) {
        let mut first = first.lock().unwrap();
        let mut second = second.lock().unwrap();
        *first += 1;
        *second += 1;
    }

    pub(super) fn buggy() {
        let (a, b) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        run([[Arc::clone(&a), Arc::clone(&b)], [b, a]]);
    }

    pub(super) fn correct() {
        let (a, b) = (Arc::new(Mutex::new(0)), Arc::new(Mutex::new(0)));
        run([[Arc::clone(&a), Arc::clone(&b)], [a, b]]);
    }

    fn run(orders: [[Arc<Mutex<u32>>; 2]; 2]) {
        let threads = orders.map(|[first, second]| thread::spawn(move || count(&first, &second)));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
