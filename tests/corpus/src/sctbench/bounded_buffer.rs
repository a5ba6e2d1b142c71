//! A consumer gives the lock up between seeing that there is an item and taking it.
//!
//! Another consumer takes the item in between: one preemption. Two producers of four items each, two
//! consumers, room for two. From SCTBench (inspect_examples.boundedBuffer), with the bug that PERIOD measures.

use crate::program::Schedules::{Capped, Mean};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "bounded_buffer",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the item is gone"),
    body: Body::Threads(|| code::buggy(4)),
    small: Some(Body::Threads(|| code::buggy(1))),
    twin: Some(Body::Threads(|| code::correct(4))),
    published: Some(Published {
        surw: Mean(9),
        urw: Mean(7),
        pos: Mean(5),
        pct3: Mean(20),
        random: Mean(7),
        rff: Mean(8),
        q_learning: Mean(14),
        period: Capped(8),
    }),
};

#[coyote::instrument]
mod code {
    use std::collections::VecDeque;
    use std::sync::{Arc, Condvar, Mutex};
    use std::thread;

    const ROOM: usize = 2;
    #[derive(Default)]
    struct State {
        items: VecDeque<usize>,
        waiting_producers: usize,
        waiting_consumers: usize,
    }

    #[derive(Default)]
    struct Buffer {
        state: Mutex<State>,
        not_full: Condvar,
        not_empty: Condvar,
    }

    impl Buffer {
        fn put(&self, item: usize) {
            let mut state = self.state.lock().unwrap();
            if state.items.len() == ROOM {
                state.waiting_producers += 1;
                while state.items.len() == ROOM {
                    state = self.not_full.wait(state).unwrap();
                }
                state.waiting_producers -= 1;
            }
            state.items.push_back(item);
            if state.waiting_consumers > 0 {
                self.not_empty.notify_one();
            }
        }

        fn get(&self, keeps_lock: bool) -> usize {
            let mut state = self.state.lock().unwrap();
            if state.items.is_empty() {
                state.waiting_consumers += 1;
                while state.items.is_empty() {
                    state = self.not_empty.wait(state).unwrap();
                }
                state.waiting_consumers -= 1;
            }
            if !keeps_lock {
                drop(state);
                state = self.state.lock().unwrap();
            }
            let item = state.items.pop_front().expect("the item is gone");
            if state.waiting_producers > 0 {
                self.not_full.notify_one();
            }
            item
        }
    }

    pub(super) fn buggy(items: usize) {
        run(items, false);
    }

    pub(super) fn correct(items: usize) {
        run(items, true);
    }

    fn run(items: usize, keeps_lock: bool) {
        let buffer = Arc::new(Buffer::default());
        let mut threads = Vec::new();
        for _ in 0..2 {
            let buffer = Arc::clone(&buffer);
            threads.push(thread::spawn(move || (0..items).for_each(|item| buffer.put(item))));
        }
        for _ in 0..2 {
            let buffer = Arc::clone(&buffer);
            threads.push(thread::spawn(move || {
                for _ in 0..items {
                    buffer.get(keeps_lock);
                }
            }));
        }
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
