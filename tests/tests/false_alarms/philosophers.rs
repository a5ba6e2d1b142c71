//! Three philosophers and three forks, each behind std's `Mutex`.
//! The mistake: each takes the fork on the left first.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::{Arc, Mutex};
    use std::thread;

    const SEATS: usize = 3;

    pub(super) fn lower_first(seat: usize) -> (usize, usize) {
        let right = (seat + 1) % SEATS;
        (seat.min(right), seat.max(right))
    }

    pub(super) fn left_first(seat: usize) -> (usize, usize) {
        (seat, (seat + 1) % SEATS)
    }

    pub(super) fn dine(order: fn(usize) -> (usize, usize)) {
        let forks: Arc<[Mutex<u32>; SEATS]> = Arc::default();
        let philosophers: Vec<_> = (0..SEATS)
            .map(|seat| {
                let forks = Arc::clone(&forks);
                thread::spawn(move || {
                    let (first, second) = order(seat);
                    let mut first = forks[first].lock().unwrap();
                    let mut second = forks[second].lock().unwrap();
                    *first += 1;
                    *second += 1;
                })
            })
            .collect();
        for philosopher in philosophers {
            philosopher.join().unwrap();
        }
        assert!(forks.iter().all(|fork| *fork.lock().unwrap() == 2));
    }
}

use program::{dine, left_first, lower_first};

#[test]
fn the_lower_fork_first_feeds_all() {
    threads(|| dine(lower_first)).passes();
}

#[test]
fn the_left_fork_first_starves_all() {
    threads(|| dine(left_first)).deadlocks();
}
