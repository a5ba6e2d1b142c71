//! Three threads pass a token on around a ring, in any order, and a fourth expects it everywhere.
//!
//! Each step is atomic; the order is not kept. No preemption is needed. From SCTBench (CS.token_ring_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "token_ring",
    family: Family::SctBench,
    depth: 0,
    expected: Expected::Panic("the tokens differ"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(8),
        urw: Mean(9),
        pos: Mean(9),
        pct3: Mean(8),
        random: Mean(13),
        rff: Mean(5),
        q_learning: Mean(12),
        period: Mean(2),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    struct Ring {
        tokens: [u32; 3],
        done: [bool; 3],
    }

    fn pass(ring: &mut Ring, station: usize) {
        ring.tokens[station] = if station == 0 { (ring.tokens[2] + 1) % 4 } else { ring.tokens[station - 1] };
        ring.done[station] = true;
    }

    pub(super) fn buggy() {
        run(false);
    }

    pub(super) fn correct() {
        run(true);
    }

    fn run(in_order: bool) {
        let ring = Arc::new(Mutex::new(Ring { tokens: [1, 2, 1], done: [false; 3] }));
        let mut threads = Vec::new();
        for station in 0..3 {
            let passing = Arc::clone(&ring);
            let thread = thread::spawn(move || pass(&mut passing.lock().unwrap(), station));
            if in_order {
                thread.join().unwrap();
            } else {
                threads.push(thread);
            }
        }
        threads.push(thread::spawn(move || {
            let ring = ring.lock().unwrap();
            if ring.done == [true; 3] {
                assert!(ring.tokens.iter().all(|&token| token == ring.tokens[0]), "the tokens differ");
            }
        }));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
