//! Two threads compute in rounds: each reads what both have written, then writes anew.
//! The mistake: one `Barrier` a round where there must be two, so one writes while the other still reads.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Barrier};
    use std::thread;

    pub(super) fn rounds(wait_after_reading: bool) {
        let barrier = Arc::new(Barrier::new(2));
        let values: Arc<[AtomicU32; 2]> = Arc::default();
        let members = [0, 1].map(|me| {
            let (barrier, values) = (Arc::clone(&barrier), Arc::clone(&values));
            thread::spawn(move || {
                let (mut leads, mut mixed) = (0, false);
                for round in 1..=2 {
                    values[me].store(round, Ordering::SeqCst);
                    leads += u32::from(barrier.wait().is_leader());
                    mixed |= values[1 - me].load(Ordering::SeqCst) != round;
                    if wait_after_reading {
                        barrier.wait();
                    }
                }
                (leads, mixed)
            })
        });
        let [(leads, mixed), other] = members.map(|member| member.join().unwrap());
        assert!(!mixed && !other.1, "a value of another round");
        assert_eq!(leads + other.0, 2);
    }
}

use program::rounds;

#[test]
fn two_barriers_keep_rounds_apart() {
    threads(|| rounds(true)).passes();
}

#[test]
fn one_barrier_mixes_rounds() {
    threads(|| rounds(false)).panics("a value of another round");
}
