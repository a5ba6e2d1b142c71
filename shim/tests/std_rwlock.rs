//! Who goes first at a `std::sync::RwLock`, and writers that become readers.
#![allow(missing_docs)]

mod std_support;

use coyote_shim::std as cstd;
use cstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use cstd::sync::{Arc, RwLock, RwLockWriteGuard, TryLockError};
use cstd::thread;
use std_support::*;

#[test]
fn reading_twice_deadlocks_with_a_writer_that_waits() {
    finds(
        || {
            let lock = Arc::new(RwLock::new(0));
            let other = Arc::clone(&lock);
            let writer = thread::spawn(move || *other.write().expect("not poisoned") += 1);
            let outer = lock.read().expect("not poisoned");
            let inner = lock.read().expect("not poisoned");
            assert_eq!(*outer, *inner);
            drop((outer, inner));
            writer.join().expect("no panic");
        },
        deadlock,
    );
}

#[test]
fn readers_and_writers_that_lock_once_always_get_their_turn() {
    let seen = always(|| {
        let lock = Arc::new(RwLock::new(0));
        let overlaps = Arc::new(AtomicUsize::new(0));
        let reading = Arc::new(AtomicUsize::new(0));
        let mut threads = Vec::new();
        for _ in 0..2 {
            let other = Arc::clone(&lock);
            threads.push(thread::spawn(move || {
                for _ in 0..2 {
                    *other.write().expect("not poisoned") += 1;
                }
            }));
            let (other, overlaps, reading) = (Arc::clone(&lock), Arc::clone(&overlaps), Arc::clone(&reading));
            threads.push(thread::spawn(move || {
                for _ in 0..2 {
                    let guard = other.read().expect("not poisoned");
                    let before = *guard;
                    if reading.fetch_add(1, SeqCst) > 0 {
                        overlaps.store(1, SeqCst);
                    }
                    assert_eq!(*guard, before);
                    reading.fetch_sub(1, SeqCst);
                }
            }));
        }
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert_eq!(lock.read().map(|value| *value).expect("not poisoned"), 4);
        overlaps.load(SeqCst)
    });
    assert_eq!(seen.len(), 2, "readers overlap in some schedules only");
}

#[test]
fn a_reader_may_overtake_a_writer_that_waits_or_not() {
    let seen = always(|| {
        let lock = Arc::new(RwLock::new(0));
        let first = lock.read().expect("not poisoned");
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().expect("not poisoned") += 1);
        let other = Arc::clone(&lock);
        let reader = thread::spawn(move || {
            let try_failed = matches!(other.try_read(), Err(TryLockError::WouldBlock));
            (try_failed, *other.read().expect("not poisoned"))
        });
        thread::yield_now();
        drop(first);
        writer.join().expect("no panic");
        reader.join().expect("no panic")
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(false, 0), (false, 1), (true, 0), (true, 1)]);
}

#[test]
fn a_reader_that_lets_a_cancelled_writer_go_first_is_set_free() {
    // The root ends while both wait.
    always(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        thread::spawn(move || {
            let _held = other.read().expect("not poisoned");
            thread::park();
        });
        for _ in 0..2 {
            let (writer, reader) = (Arc::clone(&lock), Arc::clone(&lock));
            thread::spawn(move || *writer.write().expect("not poisoned") += 1);
            thread::spawn(move || {
                struct Reads(Arc<RwLock<i32>>);
                impl Drop for Reads {
                    fn drop(&mut self) {
                        drop(self.0.read());
                    }
                }
                drop(Reads(reader));
            });
        }
        (0..8).for_each(|_| thread::yield_now());
    });
}

#[test]
fn no_writer_comes_between_when_one_becomes_a_reader() {
    let seen = always(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().expect("not poisoned") += 10);
        let other = Arc::clone(&lock);
        let reader = thread::spawn(move || *other.read().expect("not poisoned"));
        let mut guard = lock.write().expect("not poisoned");
        *guard += 1;
        let before = *guard;
        let guard = RwLockWriteGuard::downgrade(guard);
        assert_eq!(*guard, before);
        let blocked = matches!(lock.try_write(), Err(TryLockError::WouldBlock));
        assert!(blocked);
        thread::yield_now();
        assert_eq!(*guard, before);
        drop(guard);
        writer.join().expect("no panic");
        let read = reader.join().expect("no panic");
        assert!(!lock.is_poisoned());
        assert_eq!(lock.read().map(|value| *value).expect("not poisoned"), 11);
        read
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 10, 11]);
}

#[test]
fn giving_the_lock_back_instead_of_becoming_a_reader_is_found() {
    finds(
        || {
            let lock = Arc::new(RwLock::new(0));
            let other = Arc::clone(&lock);
            let writer = thread::spawn(move || *other.write().expect("not poisoned") += 10);
            *lock.write().expect("not poisoned") = 1;
            assert_eq!(*lock.read().expect("not poisoned"), 1, "somebody came between");
            writer.join().expect("no panic");
        },
        failed_with("somebody came between"),
    );
}

#[test]
fn becoming_a_reader_passes_through_when_nothing_explores() {
    let lock = RwLock::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..2_000 {
                    let mut guard = lock.write().expect("not poisoned");
                    *guard += 1;
                    let mine = *guard;
                    let guard = RwLockWriteGuard::downgrade(guard);
                    assert_eq!(*guard, mine);
                }
            });
        }
        scope.spawn(|| (0..2_000).for_each(|_| drop(lock.try_write())));
        scope.spawn(|| (0..2_000).for_each(|_| drop(lock.read())));
    });
    assert_eq!(*lock.read().expect("not poisoned"), 8_000);
    assert_eq!(format!("{lock:?}"), format!("{:?}", std::sync::RwLock::new(8_000)));
    let held = lock.write();
    assert_eq!(format!("{lock:?}"), "RwLock { data: <locked>, poisoned: false, .. }");
    drop(held);
}
