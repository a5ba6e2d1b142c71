//! `Mutex`, `RwLock` and `Semaphore` under control.
#![allow(missing_docs)]

mod tokio_sync_support;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;

use coyote_shim::tokio::sync::{
    Mutex, MutexGuard, OwnedMutexGuard, OwnedRwLockWriteGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
    Semaphore, TryAcquireError,
};
use tokio_sync_support::*;

#[test]
fn a_mutex_excludes() {
    let sums = always(|| async {
        let sum = Arc::new(Mutex::new(0));
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let sum = Arc::clone(&sum);
                spawn(async move {
                    for _ in 0..2 {
                        let mut guard = sum.lock().await;
                        let before = *guard;
                        step();
                        yield_now().await;
                        *guard = before + 1;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await;
        }
        *sum.lock().await
    });
    assert_eq!(sums, BTreeSet::from([6]));
}

#[test]
fn a_lock_that_is_left_between_read_and_write_loses_updates() {
    let ends = failures(|| async {
        let sum = Arc::new(Mutex::new(0));
        let other = Arc::clone(&sum);
        let task = spawn(async move {
            let before = *other.lock().await;
            *other.lock().await = before + 1;
        });
        let before = *sum.lock().await;
        *sum.lock().await = before + 1;
        task.await;
        assert_eq!(*sum.lock().await, 2, "lost");
    });
    assert!(panics(&ends)[0].contains("lost"));
}

#[test]
fn two_mutexes_in_two_orders_deadlock_and_the_holders_are_named() {
    let ends = failures(|| async {
        let (a, b) = (Arc::new(Mutex::new(())), Arc::new(Mutex::new(())));
        let (a2, b2) = (Arc::clone(&a), Arc::clone(&b));
        let task = spawn(async move {
            let _b = b2.lock().await;
            let _a = a2.lock().await;
        });
        let _a = a.lock().await;
        let _b = b.lock().await;
        drop((_a, _b));
        task.await;
    });
    for deadlock in deadlocks(&ends) {
        assert_eq!(deadlock.cycle.len(), 2, "{deadlock:?}");
        assert!(
            deadlock.waiting.iter().any(|w| w.on.iter().any(|on| !on.held_by.is_empty())),
            "{deadlock:?}"
        );
        let place = deadlock.waiting[0].on[0].location;
        assert!(place.file().ends_with("tokio_sync_locks.rs"), "{place}");
    }
}

#[test]
fn an_owned_guard_that_another_task_drops_is_no_deadlock() {
    always(|| async {
        let mutex = Arc::new(Mutex::new(()));
        let guard = Arc::clone(&mutex).lock_owned().await;
        let task = spawn(async move {
            yield_now().await;
            drop(guard);
        });
        drop(mutex.lock().await);
        task.await;
    });
}

#[test]
fn a_permit_that_another_task_drops_is_no_deadlock() {
    always(|| async {
        let semaphore = Arc::new(Semaphore::new(2));
        let mut tasks = Vec::new();
        for _ in 0..5 {
            let permit = Arc::clone(&semaphore).acquire_owned().await.expect("open");
            tasks.push(spawn(async move {
                yield_now().await;
                drop(permit);
            }));
        }
        for task in tasks {
            task.await;
        }
        assert_eq!(semaphore.available_permits(), 2);
    });
}

#[test]
fn try_lock_sees_both_outcomes() {
    let seen = always(|| async {
        let mutex = Arc::new(Mutex::new(()));
        let other = Arc::clone(&mutex);
        let task = spawn(async move {
            let _guard = other.lock().await;
            step();
        });
        let free = mutex.try_lock().is_ok();
        task.await;
        assert!(mutex.try_lock_owned().is_ok());
        free
    });
    assert_eq!(seen, BTreeSet::from([false, true]));
}

#[test]
fn a_mutex_is_served_in_order_of_arrival_and_a_dropped_wait_passes_it_on() {
    always(|| async {
        let mutex = Mutex::new(());
        let guard = mutex.lock().await;
        let mut second = Box::pin(mutex.lock());
        let mut third = pin!(mutex.lock());
        assert!(poll_once(second.as_mut()).await.is_pending());
        assert!(poll_once(third.as_mut()).await.is_pending());
        drop(guard);
        assert!(poll_once(third.as_mut()).await.is_pending(), "it is the second's");
        assert!(mutex.try_lock().is_err(), "it was handed on");
        drop(second);
        assert!(poll_once(third.as_mut()).await.is_ready());
    });
}

#[test]
fn a_future_that_holds_its_place_but_is_not_polled_deadlocks() {
    let ends = failures(|| async {
        let mutex = Mutex::new(());
        let guard = mutex.lock().await;
        let mut first = pin!(mutex.lock());
        assert!(poll_once(first.as_mut()).await.is_pending());
        drop(guard);
        drop(mutex.lock().await);
    });
    assert_eq!(deadlocks(&ends)[0].waiting.len(), 1);
}

#[test]
fn threads_lock_too_and_asynchronous_code_must_not_block() {
    always(|| async {
        let mutex = Arc::new(Mutex::new(0));
        let other = Arc::clone(&mutex);
        let task = thread(move || {
            *other.blocking_lock() += 1;
            *other.blocking_lock_owned() += 1;
        });
        *mutex.lock().await += 1;
        task.await;
        assert_eq!(*mutex.lock().await, 3);
    });
    let ends = failures(|| async {
        let lock = RwLock::new(());
        drop(lock.blocking_read());
    });
    assert!(panics(&ends)[0].starts_with("Cannot block the current thread from within a runtime."));
}

#[test]
fn guards_map_and_unlock_once() {
    always(|| async {
        let mutex = Arc::new(Mutex::new((1, 2)));
        let mut first = MutexGuard::map(mutex.lock().await, |pair| &mut pair.0);
        *first += 10;
        assert!(mutex.try_lock().is_err());
        drop(first);
        let whole = MutexGuard::try_map(mutex.lock().await, |_| None::<&mut u8>).expect_err("none found");
        assert_eq!(*whole, (11, 2));
        assert!(std::ptr::eq(MutexGuard::mutex(&whole), &*mutex));
        drop(whole);
        let owned = OwnedMutexGuard::map(Arc::clone(&mutex).lock_owned().await, |pair| &mut pair.1);
        assert_eq!(format!("{owned} {owned:?}"), "2 2");
        drop(owned);
        assert_eq!(format!("{mutex:?}"), "Mutex { data: (11, 2) }");
        assert_eq!(Arc::into_inner(mutex).expect("the last").into_inner(), (11, 2));
    });
}

#[test]
fn readers_share_and_writers_exclude() {
    let together = Rc::new(Cell::new(0));
    let most = Rc::clone(&together);
    always(move || {
        let most = Rc::clone(&most);
        async move {
            let lock = Arc::new(RwLock::new(0));
            let inside = Rc::new(Cell::new(0));
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    let (lock, inside, most) = (Arc::clone(&lock), Rc::clone(&inside), Rc::clone(&most));
                    spawn(async move {
                        let value = lock.read().await;
                        inside.set(inside.get() + 1);
                        most.set(most.get().max(inside.get()));
                        let before = *value;
                        step();
                        assert_eq!(before, *value, "a writer came in");
                        inside.set(inside.get() - 1);
                    })
                })
                .collect();
            let mut value = lock.write().await;
            assert_eq!(inside.get(), 0);
            *value += 1;
            step();
            *value += 1;
            drop(value);
            for reader in readers {
                reader.await;
            }
        }
    });
    assert_eq!(together.get(), 2, "readers overlapped in some run");
}

#[test]
fn downgrading_lets_no_writer_in_between() {
    always(|| async {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let task = spawn(async move {
            *other.write().await += 100;
            let guard = other.write_owned().await;
            let read = OwnedRwLockWriteGuard::downgrade_map(guard, |value| value);
            assert!(*read >= 100);
        });
        let mut write = lock.write().await;
        *write += 1;
        let before = *write;
        let read = write.downgrade();
        assert_eq!(*read, before);
        let part = RwLockReadGuard::map(read, |value| value);
        assert_eq!(*part, before);
        drop(part);
        let mapped = RwLockWriteGuard::map(lock.write().await, |value| value);
        drop(mapped);
        task.await;
        assert_eq!(*lock.read().await, 101);
    });
}

#[test]
fn a_writer_waiting_keeps_a_second_read_out() {
    // Documented by tokio: a task that reads twice deadlocks with a writer in between.
    let ends = failures(|| async {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let task = spawn(async move { *other.write().await += 1 });
        let first = lock.read().await;
        let second = lock.read().await;
        drop((first, second));
        task.await;
    });
    let found = deadlocks(&ends);
    assert!(found.iter().all(|deadlock| !deadlock.waiting.is_empty()));
}

#[test]
fn a_semaphore_bounds_and_serves_in_order() {
    always(|| async {
        let semaphore = Arc::new(Semaphore::new(2));
        let inside = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (semaphore, inside) = (Arc::clone(&semaphore), Rc::clone(&inside));
                spawn(async move {
                    let _permit = semaphore.acquire().await.expect("open");
                    inside.set(inside.get() + 1);
                    assert!(inside.get() <= 2);
                    step();
                    inside.set(inside.get() - 1);
                })
            })
            .collect();
        for task in tasks {
            task.await;
        }
        let mut both = semaphore.acquire_many(2).await.expect("open");
        assert_eq!(semaphore.try_acquire().expect_err("none left"), TryAcquireError::NoPermits);
        let one = both.split(1).expect("two");
        assert_eq!((both.num_permits(), one.num_permits()), (1, 1));
        both.merge(one);
        both.forget();
        assert_eq!(semaphore.available_permits(), 0);
        semaphore.add_permits(3);
        assert_eq!(semaphore.forget_permits(1), 1);
        let mut many = pin!(semaphore.acquire_many(3));
        assert!(poll_once(many.as_mut()).await.is_pending());
        semaphore.close();
        assert!(matches!(poll_once(many.as_mut()).await, Poll::Ready(Err(_))));
        assert!(semaphore.is_closed());
        assert!(Arc::clone(&semaphore).acquire_owned().await.is_err());
    });
}

#[test]
fn a_permit_that_is_never_given_back_deadlocks() {
    let ends = failures(|| async {
        let semaphore = Arc::new(Semaphore::new(1));
        let other = Arc::clone(&semaphore);
        let task = spawn(async move {
            match other.try_acquire() {
                Ok(permit) => permit.forget(),
                Err(_) => step(),
            }
        });
        drop(semaphore.acquire().await);
        task.await;
    });
    deadlocks(&ends);
}

#[test]
fn a_busy_lock_yields_when_its_budget_is_used_up() {
    always(|| async {
        let mutex = Mutex::new(0);
        let mut all = pin!(async {
            for _ in 0..300 {
                *mutex.lock().await += 1;
            }
        });
        let mut polls = 1;
        while poll_once(all.as_mut()).await.is_pending() {
            yield_now().await;
            polls += 1;
        }
        assert_eq!(polls, 3, "128 operations a poll");
    });
}

#[test]
fn aborted_waiters_leave_no_trace() {
    always(|| async {
        let mutex = Arc::new(Mutex::new(()));
        let other = Arc::clone(&mutex);
        let waiter = spawn(async move {
            let _guard = other.lock().await;
            yield_now().await;
            yield_now().await;
        });
        let guard = mutex.lock().await;
        waiter.abort();
        drop(guard);
        drop(waiter);
        drop(mutex.lock().await);
    });
}
