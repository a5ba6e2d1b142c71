//! A producer and a consumer take turns, but count skipped turns too.
//!
//! The consumer expects the number of its turn, whereas the producer's turns without the flag pass without
//! an element. Any schedule in which a producer's turn is skipped between two others does it: one preemption.
//! From SCTBench (CS.circular_buffer_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "circular_buffer",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("not the element of this turn"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(3),
        urw: Mean(14),
        pos: Mean(2),
        pct3: Mean(9),
        random: Mean(4),
        rff: Mean(2),
        q_learning: Mean(2),
        period: Mean(3),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    const TURNS: usize = 7;

    #[derive(Default)]
    struct Log {
        elements: Vec<usize>,
        removed: usize,
        /// Whether it is the consumer's turn.
        full: bool,
    }

    pub(super) fn buggy() {
        run(|_, turn| turn);
    }

    pub(super) fn correct() {
        run(|log, _| log.elements[log.removed]);
    }

    fn run(expected: fn(&Log, usize) -> usize) {
        let log = Arc::new(Mutex::new(Log::default()));
        let producer = thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for turn in 0..TURNS {
                    let mut log = log.lock().unwrap();
                    if !log.full {
                        log.elements.push(turn);
                        log.full = true;
                    }
                }
            }
        });
        let consumer = thread::spawn(move || {
            for turn in 0..TURNS {
                let mut log = log.lock().unwrap();
                if log.full {
                    let expected = expected(&log, turn);
                    let element = log.elements[log.removed];
                    log.removed += 1;
                    assert_eq!(element, expected, "not the element of this turn");
                    log.full = false;
                }
            }
        });
        producer.join().unwrap();
        consumer.join().unwrap();
    }
}
