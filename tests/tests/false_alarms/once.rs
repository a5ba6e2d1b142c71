//! A library initialises itself with std's `Once`.
//! The mistake: the initialiser calls a function that makes sure of initialisation.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::Once;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    static READY: Once = Once::new();
    static TABLES: AtomicU32 = AtomicU32::new(0);

    pub(super) fn build_table() {
        TABLES.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn build_table_when_ready() {
        ensure_ready(build_table);
        build_table();
    }

    fn ensure_ready(build: fn()) {
        READY.call_once(build);
    }

    pub(super) fn start(build: fn()) {
        let others = [0, 1].map(|_| {
            thread::spawn(move || {
                ensure_ready(build);
                assert_eq!(TABLES.load(Ordering::SeqCst), 1);
            })
        });
        for other in others {
            other.join().unwrap();
        }
        assert!(READY.is_completed());
    }
}

use program::{build_table, build_table_when_ready, start};

#[test]
fn the_initialiser_runs_once() {
    threads(|| start(build_table)).passes();
}

#[test]
fn an_initialiser_that_waits_for_itself_deadlocks() {
    threads(|| start(build_table_when_ready)).deadlocks();
}
