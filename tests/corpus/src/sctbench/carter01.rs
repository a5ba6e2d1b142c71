//! Two groups exclude each other by a lock that the first of a group takes and the last gives back.
//!
//! The first waits for it while it holds the lock of the counters, which the other needs to give it back. One
//! preemption, between the two critical sections of a thread. Two more threads do nothing. From SCTBench
//! (CS.carter01_bad).

use crate::program::Schedules::{Mean, NotRun};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "carter01",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Deadlock,
    body: Body::Threads(|| code::buggy(2)),
    small: Some(Body::Threads(|| code::buggy(0))),
    twin: Some(Body::Threads(|| code::correct(2))),
    published: Some(Published {
        surw: NotRun,
        urw: NotRun,
        pos: Mean(2),
        pct3: Mean(5),
        random: Mean(1),
        rff: Mean(2),
        q_learning: Mean(1),
        period: Mean(4),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Room {
        /// The members of either group that are inside.
        inside: Mutex<[u32; 2]>,
        taken: Mutex<()>,
    }

    fn visit(room: &Room, group: usize) {
        let mut taken = None;
        {
            let mut inside = room.inside.lock().unwrap();
            inside[group] += 1;
            if inside[group] == 1 {
                taken = Some(room.taken.lock().unwrap());
            }
        }
        {
            let mut inside = room.inside.lock().unwrap();
            inside[group] -= 1;
            if inside[group] == 0 {
                drop(taken.take());
            }
        }
    }

    /// Takes the lock of the group first.
    fn visit_in_order(room: &Room, group: usize) {
        let taken = room.taken.lock().unwrap();
        room.inside.lock().unwrap()[group] += 1;
        room.inside.lock().unwrap()[group] -= 1;
        drop(taken);
    }

    pub(super) fn buggy(idle: usize) {
        run(visit, idle);
    }

    pub(super) fn correct(idle: usize) {
        run(visit_in_order, idle);
    }

    fn run(visit: fn(&Room, usize), idle: usize) {
        let room = Arc::new(Room::default());
        let spawn = |group| {
            let room = Arc::clone(&room);
            thread::spawn(move || visit(&room, group))
        };
        let mut threads = vec![spawn(0), spawn(1)];
        threads.extend((0..idle).map(|_| thread::spawn(|| {})));
        for thread in threads {
            thread.join().unwrap();
        }
    }
}
