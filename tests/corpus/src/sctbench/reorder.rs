//! Threads set two variables, one after the other, and others check that both are set or none.
//!
//! One preemption: of the first setter, between the two. What makes it hard is the number of other setters. From
//! SCTBench (CS.reorder_N_bad), and PERIOD's larger ones.

use crate::program::Schedules::{Capped, Mean, Never};
use crate::program::{Body, Expected, Family, Program, Published};

/// 2 setters, 1 checker.
pub const REORDER_3: Program = Program {
    name: "reorder_3",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("half of a pair was seen"),
    body: Body::Threads(|| code::buggy(2, 1)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(2, 1))),
    published: Some(Published {
        surw: Mean(7),
        urw: Mean(24),
        pos: Mean(86),
        pct3: Mean(185),
        random: Never,
        rff: Mean(7),
        q_learning: Capped(46000),
        period: Mean(6),
    }),
};

/// 4 setters, 1 checker.
pub const REORDER_5: Program = Program {
    name: "reorder_5",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("half of a pair was seen"),
    body: Body::Threads(|| code::buggy(4, 1)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(4, 1))),
    published: Some(Published {
        surw: Mean(10),
        urw: Mean(27),
        pos: Mean(2169),
        pct3: Mean(647),
        random: Never,
        rff: Mean(6),
        q_learning: Never,
        period: Mean(12),
    }),
};

/// 9 setters, 1 checker.
pub const REORDER_10: Program = Program {
    name: "reorder_10",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("half of a pair was seen"),
    body: Body::Threads(|| code::buggy(9, 1)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(9, 1))),
    published: Some(Published {
        surw: Mean(17),
        urw: Mean(74),
        pos: Never,
        pct3: Capped(4580),
        random: Never,
        rff: Mean(6),
        q_learning: Never,
        period: Mean(27),
    }),
};

/// 10 setters, 10 checkers.
pub const REORDER_20: Program = Program {
    name: "reorder_20",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("half of a pair was seen"),
    body: Body::Threads(|| code::buggy(10, 10)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(10, 10))),
    published: Some(Published {
        surw: Mean(6),
        urw: Mean(10),
        pos: Never,
        pct3: Mean(3005),
        random: Never,
        rff: Mean(6),
        q_learning: Never,
        period: Mean(39),
    }),
};

/// 40 setters, 10 checkers.
pub const REORDER_50: Program = Program {
    name: "reorder_50",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("half of a pair was seen"),
    body: Body::Threads(|| code::buggy(40, 10)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(40, 10))),
    published: Some(Published {
        surw: Mean(13),
        urw: Mean(75),
        pos: Never,
        pct3: Capped(7991),
        random: Never,
        rff: Mean(6),
        q_learning: Never,
        period: Mean(129),
    }),
};

/// 99 setters, 1 checker.
pub const REORDER_100: Program = Program {
    name: "reorder_100",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("half of a pair was seen"),
    body: Body::Threads(|| code::buggy(99, 1)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(99, 1))),
    published: Some(Published {
        surw: Mean(194),
        urw: Capped(6271),
        pos: Never,
        pct3: Never,
        random: Never,
        rff: Mean(6),
        q_learning: Never,
        period: Mean(297),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Pair {
        a: AtomicI32,
        b: AtomicI32,
    }

    impl Pair {
        fn set(&self) {
            self.a.store(1, Relaxed);
            self.b.store(-1, Relaxed);
        }

        fn check(&self) {
            let whole = (self.a.load(Relaxed) == 0 && self.b.load(Relaxed) == 0)
                || (self.a.load(Relaxed) == 1 && self.b.load(Relaxed) == -1);
            assert!(whole, "half of a pair was seen");
        }
    }

    pub(super) fn buggy(setters: usize, checkers: usize) {
        let pair = Arc::new(Pair::default());
        run(pair, Pair::set, Pair::check, setters, checkers);
    }

    pub(super) fn correct(setters: usize, checkers: usize) {
        let pair = Arc::new(Mutex::new((0, 0)));
        let set = |pair: &Mutex<_>| *pair.lock().unwrap() = (1, -1);
        let check = |pair: &Mutex<_>| {
            let pair = *pair.lock().unwrap();
            assert!(pair == (0, 0) || pair == (1, -1), "half of a pair was seen");
        };
        run(pair, set, check, setters, checkers);
    }

    fn run<T: Send + Sync + 'static>(
        pair: Arc<T>,
        set: fn(&T),
        check: fn(&T),
        setters: usize,
        checkers: usize,
    ) {
        let spawn = |work: fn(&T)| {
            let pair = Arc::clone(&pair);
            thread::spawn(move || work(&pair))
        };
        let mut threads: Vec<_> = (0..setters).map(|_| spawn(set)).collect();
        threads.extend((0..checkers).map(|_| spawn(check)));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
