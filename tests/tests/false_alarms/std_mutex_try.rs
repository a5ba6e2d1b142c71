//! Statistics are flushed by whoever gets the lock; who doesn't leaves a note.
//! The mistake: to unwrap `try_lock`.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use coyote::std::sync::{Mutex, TryLockError};
use coyote::std::thread;

use crate::suite::threads;

#[derive(Default)]
struct Statistics {
    flushed: Mutex<u32>,
    noted: AtomicU32,
}

fn flush_or_note(statistics: &Statistics) {
    match statistics.flushed.try_lock() {
        Ok(mut flushed) => *flushed += 1,
        Err(TryLockError::WouldBlock) => {
            statistics.noted.fetch_add(1, Ordering::SeqCst);
        }
        Err(TryLockError::Poisoned(_)) => unreachable!("nobody panics"),
    }
}

fn flush(statistics: &Statistics) {
    *statistics.flushed.try_lock().expect("the lock is free") += 1;
}

fn from_two_threads(record: fn(&Statistics)) {
    let statistics = Arc::new(Statistics::default());
    let other = thread::spawn({
        let statistics = Arc::clone(&statistics);
        move || record(&statistics)
    });
    record(&statistics);
    if let Err(panic) = other.join() {
        std::panic::resume_unwind(panic);
    }
    let flushed = *statistics.flushed.lock().expect("nobody panics");
    assert_eq!(flushed + statistics.noted.load(Ordering::SeqCst), 2);
}

#[test]
fn a_lock_that_is_taken_is_passed_by() {
    threads(|| from_two_threads(flush_or_note)).passes();
}

#[test]
fn a_lock_may_be_taken() {
    threads(|| from_two_threads(flush)).panics("the lock is free");
}
