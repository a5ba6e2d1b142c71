//! Writers set a value under one lock, and what follows from it under another; readers see the first stage only.
//!
//! One preemption: of the first writer, between its stages. What makes it hard is the number of other writers,
//! each of which completes the second stage. From SCTBench (CS.twostage_bad), and PERIOD's larger ones.

use crate::program::Schedules::{Capped, Mean, Never};
use crate::program::{Body, Expected, Family, Program, Published};

/// One writer, one reader.
pub const TWOSTAGE: Program = Program {
    name: "twostage",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the second stage is missing"),
    body: Body::Threads(|| code::buggy(1, 1)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(1, 1))),
    published: Some(Published {
        surw: Mean(8),
        urw: Mean(9),
        pos: Mean(15),
        pct3: Mean(13),
        random: Mean(464),
        rff: Mean(8),
        q_learning: Mean(336),
        period: Mean(4),
    }),
};

/// Ten writers, ten readers.
pub const TWOSTAGE_20: Program = Program {
    name: "twostage_20",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the second stage is missing"),
    body: Body::Threads(|| code::buggy(10, 10)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(10, 10))),
    published: Some(Published {
        surw: Mean(6),
        urw: Mean(24),
        pos: Mean(156),
        pct3: Mean(159),
        random: Never,
        rff: Mean(22),
        q_learning: Never,
        period: Mean(76),
    }),
};

/// Forty writers, ten readers.
pub const TWOSTAGE_50: Program = Program {
    name: "twostage_50",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the second stage is missing"),
    body: Body::Threads(|| code::buggy(40, 10)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(40, 10))),
    published: Some(Published {
        surw: Mean(20),
        urw: Mean(93),
        pos: Mean(1637),
        pct3: Mean(1676),
        random: Never,
        rff: Mean(35),
        q_learning: Never,
        period: Mean(286),
    }),
};

/// Ninety-nine writers, one reader.
pub const TWOSTAGE_100: Program = Program {
    name: "twostage_100",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the second stage is missing"),
    body: Body::Threads(|| code::buggy(99, 1)),
    small: Some(Body::Threads(|| code::buggy(1, 1))),
    twin: Some(Body::Threads(|| code::correct(99, 1))),
    published: Some(Published {
        surw: Mean(454),
        urw: Capped(3692),
        pos: Capped(9501),
        pct3: Capped(9620),
        random: Never,
        rff: Mean(56),
        q_learning: Never,
        period: Mean(690),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Stages {
        first: Mutex<u32>,
        second: Mutex<u32>,
    }

    fn write(stages: &Stages) {
        *stages.first.lock().unwrap() = 1;
        *stages.second.lock().unwrap() = 2;
    }

    /// Keeps the first lock until both stages are done.
    fn write_at_once(stages: &Stages) {
        let mut first = stages.first.lock().unwrap();
        *first = 1;
        *stages.second.lock().unwrap() = *first + 1;
    }

    fn read(stages: &Stages) {
        let first = *stages.first.lock().unwrap();
        if first == 0 {
            return;
        }
        let second = *stages.second.lock().unwrap();
        assert_eq!(second, first + 1, "the second stage is missing");
    }

    pub(super) fn buggy(writers: usize, readers: usize) {
        run(write, writers, readers);
    }

    pub(super) fn correct(writers: usize, readers: usize) {
        run(write_at_once, writers, readers);
    }

    fn run(write: fn(&Stages), writers: usize, readers: usize) {
        let stages = Arc::new(Stages::default());
        let spawn = |work: fn(&Stages)| {
            let stages = Arc::clone(&stages);
            thread::spawn(move || work(&stages))
        };
        let mut threads: Vec<_> = (0..writers).map(|_| spawn(write)).collect();
        threads.extend((0..readers).map(|_| spawn(read)));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
