//! The bodies. None of them has a bug under any schedule.

use std::sync::Arc;

use super::api::atomic::{AtomicUsize, Ordering};
use super::api::tokio::sync::mpsc;
use super::api::{Condvar, Mutex, spawn_task, thread, tokio, yield_now};

/// Two threads lock, increment and unlock, each this many times.
fn increment_under_lock(threads: usize, increments: usize) {
    let total = Arc::new(Mutex::new(0_usize));
    let adders: Vec<_> = (0..threads)
        .map(|_| {
            let total = Arc::clone(&total);
            thread::spawn(move || {
                for _ in 0..increments {
                    *total.lock().unwrap() += 1;
                }
            })
        })
        .collect();
    for adder in adders {
        adder.join().unwrap();
    }
    assert_eq!(*total.lock().unwrap(), threads * increments);
}

/// (a) Two threads lock, increment and unlock 100 times each.
pub(crate) fn a_mutex() {
    increment_under_lock(2, 100);
}

/// (b) Two tasks yield 100 times each.
pub(crate) async fn b_yield() {
    let yielding = || async {
        for _ in 0..100 {
            yield_now().await;
        }
    };
    let tasks = [spawn_task(yielding()), spawn_task(yielding())];
    for task in tasks {
        task.await.unwrap();
    }
}

/// (c) 100 messages go to another task and back, over two bounded channels of capacity 1.
pub(crate) async fn c_ping_pong() {
    let (to_echo, mut pings) = mpsc::channel::<usize>(1);
    let (to_driver, mut pongs) = mpsc::channel::<usize>(1);
    let echo = tokio::spawn(async move {
        while let Some(message) = pings.recv().await {
            to_driver.send(message).await.unwrap();
        }
    });
    let driver = tokio::spawn(async move {
        for message in 0..100 {
            to_echo.send(message).await.unwrap();
            assert_eq!(pongs.recv().await, Some(message));
        }
    });
    driver.await.unwrap();
    echo.await.unwrap();
}

/// (d) 100 tasks are spawned that add once to an atomic, and joined.
pub(crate) async fn d_tasks() {
    let total = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let total = Arc::clone(&total);
            spawn_task(async move {
                total.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(total.load(Ordering::SeqCst), 100);
}

/// (d') As `d_tasks`, with threads.
pub(crate) fn d_threads() {
    let total = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..100)
        .map(|_| {
            let total = Arc::clone(&total);
            thread::spawn(move || {
                total.fetch_add(1, Ordering::SeqCst);
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(total.load(Ordering::SeqCst), 100);
}

/// (e) As `a_mutex`, with one increment each: little more than the fixed cost of an execution.
pub(crate) fn e_tiny() {
    increment_under_lock(2, 1);
}

/// An execution that does nothing.
pub(crate) fn empty() {}

/// How many items fit into the buffer of `f_buffer`.
const CAPACITY: usize = 3;
/// How many items each of its threads produces or consumes.
const ITEMS: usize = 9;

/// A counter of items, a condition for consumers and one for producers.
struct Buffer {
    items: Mutex<usize>,
    not_empty: Condvar,
    not_full: Condvar,
}

/// (f) Three producers and three consumers of nine items each share a buffer of three. All waiters are
/// notified, so that no schedule deadlocks.
pub(crate) fn f_buffer() {
    let buffer =
        Arc::new(Buffer { items: Mutex::new(0), not_empty: Condvar::new(), not_full: Condvar::new() });
    let mut threads = Vec::new();
    for _ in 0..3 {
        let buffer = Arc::clone(&buffer);
        threads.push(thread::spawn(move || {
            for _ in 0..ITEMS {
                let mut items = buffer.items.lock().unwrap();
                while *items == 0 {
                    items = buffer.not_empty.wait(items).unwrap();
                }
                *items -= 1;
                buffer.not_full.notify_all();
            }
        }));
    }
    for _ in 0..3 {
        let buffer = Arc::clone(&buffer);
        threads.push(thread::spawn(move || {
            for _ in 0..ITEMS {
                let mut items = buffer.items.lock().unwrap();
                while *items == CAPACITY {
                    items = buffer.not_full.wait(items).unwrap();
                }
                *items += 1;
                buffer.not_empty.notify_all();
            }
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}
