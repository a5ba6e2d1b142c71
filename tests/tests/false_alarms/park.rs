//! `main` parks until a thread has done its work; another thread unparks it for a reason of its own.
//! The mistake: to take any return of `park` for the signal.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    pub(super) fn park_until(done: &AtomicBool) {
        while !done.load(Ordering::SeqCst) {
            thread::park();
        }
    }

    pub(super) fn park_once(_done: &AtomicBool) {
        thread::park();
    }

    pub(super) fn wait(park: fn(&AtomicBool)) {
        let done = Arc::new(AtomicBool::new(false));
        let main = thread::current();
        let worker = thread::spawn({
            let (done, main) = (Arc::clone(&done), main.clone());
            move || {
                done.store(true, Ordering::SeqCst);
                main.unpark();
            }
        });
        let passer_by = thread::spawn(move || main.unpark());
        park(&done);
        assert!(done.load(Ordering::SeqCst), "unparked by another");
        worker.join().unwrap();
        passer_by.join().unwrap();
    }
}

use program::{park_once, park_until, wait};

#[test]
fn a_loop_parks_until_it_is_done() {
    threads(|| wait(park_until)).passes();
}

#[test]
fn anyone_may_unpark() {
    threads(|| wait(park_once)).panics("unparked by another");
}
