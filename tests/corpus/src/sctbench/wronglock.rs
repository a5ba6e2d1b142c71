//! A counter is guarded by two different locks.
//!
//! One preemption: of the thread that checks, between its reading and its writing the counter. From SCTBench
//! (CS.wronglock_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// Seven threads with the wrong lock.
pub const WRONGLOCK: Program = Program {
    name: "wronglock",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("another thread was in between"),
    body: Body::Threads(|| code::buggy(7)),
    small: Some(Body::Threads(|| code::buggy(1))),
    twin: Some(Body::Threads(|| code::correct(7))),
    published: Some(Published {
        surw: Mean(7),
        urw: Mean(4),
        pos: Mean(10),
        pct3: Mean(51),
        random: Mean(36),
        rff: Mean(1),
        q_learning: Mean(37),
        period: Mean(4),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Data {
        locks: [Mutex<()>; 2],
        value: AtomicU32,
    }

    impl Data {
        /// `value++` of unsynchronised data: a read and a write.
        fn increment(&self) {
            let value = self.value.load(Relaxed);
            self.value.store(value + 1, Relaxed);
        }
    }

    pub(super) fn buggy(others: usize) {
        run(others, 1);
    }

    pub(super) fn correct(others: usize) {
        run(others, 0);
    }

    fn run(others: usize, lock_of_others: usize) {
        let data = Arc::new(Data::default());
        let checker = thread::spawn({
            let data = Arc::clone(&data);
            move || {
                let _locked = data.locks[0].lock().unwrap();
                let before = data.value.load(Relaxed);
                data.increment();
                assert_eq!(data.value.load(Relaxed), before + 1, "another thread was in between");
            }
        });
        let others = (0..others).map(|_| {
            let data = Arc::clone(&data);
            thread::spawn(move || {
                let _locked = data.locks[lock_of_others].lock().unwrap();
                data.increment();
            })
        });
        for thread in others.collect::<Vec<_>>() {
            thread.join().unwrap();
        }
        checker.join().unwrap();
    }
}
