//! A buffer appends another one whose length it has asked for before it copies the characters.
//!
//! The other one is erased in between, and not yet filled again: two preemptions, one in each thread. From
//! SCTBench (stringbuffer-jdk1.4).

use crate::program::Schedules::{Capped, Mean};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "stringbuffer",
    family: Family::SctBench,
    depth: 2,
    expected: Expected::Panic("the other buffer is shorter by now"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(8),
        urw: Mean(834),
        pos: Mean(23),
        pct3: Mean(281),
        random: Capped(2630),
        rff: Mean(15),
        q_learning: Mean(1405),
        period: Mean(27),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    struct StringBuffer(Mutex<Vec<u8>>);

    impl StringBuffer {
        fn new(text: &[u8]) -> Self {
            StringBuffer(Mutex::new(text.to_vec()))
        }

        fn len(&self) -> usize {
            self.0.lock().unwrap().len()
        }

        fn copy_to(&self, length: usize, target: &mut Vec<u8>) {
            let text = self.0.lock().unwrap().clone();
            assert!(length <= text.len(), "the other buffer is shorter by now");
            target.extend_from_slice(&text[..length]);
        }

        fn push(&self, text: &[u8]) {
            self.0.lock().unwrap().extend_from_slice(text);
        }

        fn erase(&self, start: usize, end: usize) {
            self.0.lock().unwrap().drain(start..end);
        }

        fn append(&self, other: &StringBuffer) {
            let mut text = self.0.lock().unwrap();
            let length = other.len();
            other.copy_to(length, &mut text);
        }

        fn append_at_once(&self, other: &StringBuffer) {
            let mut text = self.0.lock().unwrap();
            let other = other.0.lock().unwrap();
            text.extend_from_slice(&other);
        }
    }

    pub(super) fn buggy() {
        run(StringBuffer::append);
    }

    pub(super) fn correct() {
        run(StringBuffer::append_at_once);
    }

    fn run(append: fn(&StringBuffer, &StringBuffer)) {
        let buffer = Arc::new(StringBuffer::new(b"abc"));
        let eraser = thread::spawn({
            let buffer = Arc::clone(&buffer);
            move || {
                buffer.erase(0, 3);
                buffer.push(b"abc");
            }
        });
        append(&StringBuffer::new(b""), &buffer);
        eraser.join().unwrap();
    }
}
