//! A producer and a consumer of a queue take turns, but count skipped turns too.
//!
//! As `circular_buffer`, with twenty turns and one element put in unconditionally at first. From SCTBench
//! (CS.queue_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "queue",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("not the element stored for this turn"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(2),
        urw: Mean(2),
        pos: Mean(1),
        pct3: Mean(3),
        random: Mean(1),
        rff: Mean(1),
        q_learning: Mean(1),
        period: Mean(4),
    }),
};

#[coyote::instrument]
mod code {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};
    use std::thread;

    const SIZE: usize = 20;

    struct Shared {
        queue: VecDeque<usize>,
        /// What was put in, by the producer's turn; with the bug, skipped turns leave zeroes.
        stored: [usize; SIZE],
        count: usize,
        may_put: bool,
        may_take: bool,
    }

    pub(super) fn buggy() {
        run(|_, turn| turn);
    }

    /// Counts elements rather than turns.
    pub(super) fn correct() {
        run(|count, _| count);
    }

    fn run(place: fn(usize, usize) -> usize) {
        let shared = Arc::new(Mutex::new(Shared {
            queue: VecDeque::new(),
            stored: [0; SIZE],
            count: 0,
            may_put: true,
            may_take: false,
        }));
        let producer = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                {
                    let mut shared = shared.lock().unwrap();
                    shared.queue.push_back(0);
                    shared.stored[0] = 0;
                    shared.count = 1;
                }
                let mut value = 0;
                for turn in 1..SIZE {
                    let mut shared = shared.lock().unwrap();
                    if shared.may_put {
                        value += 1;
                        shared.queue.push_back(value);
                        let place = place(shared.count, turn);
                        shared.stored[place] = value;
                        shared.count += 1;
                        shared.may_put = false;
                        shared.may_take = true;
                    }
                }
            }
        });
        let consumer = thread::spawn(move || {
            let mut taken = 0;
            for turn in 0..SIZE {
                let mut shared = shared.lock().unwrap();
                if shared.may_take {
                    let element = shared.queue.pop_front();
                    let expected = shared.stored[place(taken, turn)];
                    taken += 1;
                    assert_eq!(element, Some(expected), "not the element stored for this turn");
                    shared.may_take = false;
                    shared.may_put = true;
                }
            }
        });
        producer.join().unwrap();
        consumer.join().unwrap();
    }
}
