//! A consumer pops as soon as anything was ever pushed.
//!
//! The flag that says so is never cleared, so that it pops from an empty stack if it is faster than the producer
//! once that has begun: one preemption. From SCTBench (CS.stack_bad).

use crate::program::Schedules::{Capped, Mean};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "stack",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("stack underflow"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(5),
        urw: Capped(1437),
        pos: Mean(2),
        pct3: Mean(3),
        random: Mean(176),
        rff: Mean(2),
        q_learning: Mean(1),
        period: Mean(8),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    const SIZE: usize = 10;

    #[derive(Default)]
    struct Stack {
        elements: Vec<usize>,
        pushed: bool,
    }

    pub(super) fn buggy() {
        run(|stack| stack.pushed);
    }

    pub(super) fn correct() {
        run(|stack| !stack.elements.is_empty());
    }

    fn run(ready: fn(&Stack) -> bool) {
        let stack = Arc::new(Mutex::new(Stack::default()));
        let producer = thread::spawn({
            let stack = Arc::clone(&stack);
            move || {
                for element in 0..SIZE {
                    let mut stack = stack.lock().unwrap();
                    stack.elements.push(element);
                    stack.pushed = true;
                }
            }
        });
        let consumer = thread::spawn(move || {
            for _ in 0..SIZE {
                let mut stack = stack.lock().unwrap();
                if ready(&stack) {
                    stack.elements.pop().expect("stack underflow");
                }
            }
        });
        producer.join().unwrap();
        consumer.join().unwrap();
    }
}
