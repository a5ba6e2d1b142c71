//! An initialiser that frees its lock once nobody waits for it any more, by a count that comes too late.
//!
//! A thread that has seen "not done", but not counted itself yet, takes the lock that the other has freed: one
//! preemption. The lock's memory is modelled by a flag. After CVE-2016-1972 (libvpx, `once`).

use crate::program::Schedules::{Capped, Mean};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "cve_2016_1972",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the lock was used after it was freed"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(11),
        urw: Mean(34),
        pos: Mean(34),
        pct3: Capped(5922),
        random: Mean(299),
        rff: Mean(39),
        q_learning: Capped(74),
        period: Capped(3),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::Relaxed};
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Once {
        done: AtomicBool,
        waiters: AtomicI32,
        lock: Mutex<()>,
        freed: AtomicBool,
    }

    impl Once {
        /// `waiters += change` of unsynchronised data: a read and a write.
        fn count(&self, change: i32) -> i32 {
            let waiters = self.waiters.load(Relaxed) + change;
            self.waiters.store(waiters, Relaxed);
            waiters
        }

        fn call(&self, frees: bool) {
            if self.done.load(Relaxed) {
                return;
            }
            self.count(1);
            assert!(!self.freed.load(Relaxed), "the lock was used after it was freed");
            {
                let _locked = self.lock.lock().unwrap();
                if !self.done.load(Relaxed) {
                    self.done.store(true, Relaxed);
                }
            }
            if self.count(-1) == 0 && frees {
                self.freed.store(true, Relaxed);
            }
        }
    }

    pub(super) fn buggy() {
        run(true);
    }

    pub(super) fn correct() {
        run(false);
    }

    fn run(frees: bool) {
        let once = Arc::new(Once::default());
        let threads = [0, 1].map(|_| {
            let once = Arc::clone(&once);
            thread::spawn(move || once.call(frees))
        });
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
