//! A thread panics while it holds std's `Mutex`; the others go on.
//! The mistake: they unwrap the poisoned lock.

use std::sync::Arc;

use coyote::std::sync::{Mutex, MutexGuard, PoisonError};
use coyote::std::thread;

use crate::suite::threads;

fn lock_in_any_case(log: &Mutex<Vec<u32>>) -> MutexGuard<'_, Vec<u32>> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lock_or_panic(log: &Mutex<Vec<u32>>) -> MutexGuard<'_, Vec<u32>> {
    log.lock().expect("nobody else panics")
}

fn write_beside_a_panic(lock: fn(&Mutex<Vec<u32>>) -> MutexGuard<'_, Vec<u32>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let careless = thread::spawn({
        let log = Arc::clone(&log);
        move || {
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            log.push(1);
            // Unwinds as a panic does, without its message.
            std::panic::resume_unwind(Box::new("careless"));
        }
    });
    let careful = thread::spawn({
        let log = Arc::clone(&log);
        move || lock(&log).push(2)
    });
    assert!(careless.join().is_err());
    if let Err(panic) = careful.join() {
        std::panic::resume_unwind(panic);
    }
    assert!(log.is_poisoned());
    assert_eq!(lock_in_any_case(&log).len(), 2);
}

#[test]
fn a_poisoned_lock_can_be_taken() {
    threads(|| write_beside_a_panic(lock_in_any_case)).passes();
}

#[test]
fn a_poisoned_lock_is_an_error() {
    threads(|| write_beside_a_panic(lock_or_panic)).panics("nobody else panics");
}
