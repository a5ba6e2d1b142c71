//! Locks, condition variables, barriers.
#![allow(missing_docs)]

mod std_support;

use coyote_engine::{End, Options};
use coyote_shim::std as cstd;
use cstd::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, RwLock, TryLockError};
use cstd::thread;
use cstd::time::{Duration, Instant};
use std_support::*;

fn spawn_each<T: Send + 'static>(n: usize, f: impl Fn(usize) -> T + Clone + Send + 'static) -> Vec<T> {
    let handles: Vec<_> = (0..n)
        .map(|i| {
            let f = f.clone();
            thread::spawn(move || f(i))
        })
        .collect();
    handles.into_iter().map(|handle| handle.join().expect("no panic")).collect()
}

#[test]
fn a_mutex_excludes() {
    always(|| {
        let sum = Arc::new(Mutex::new(0));
        let shared = Arc::clone(&sum);
        spawn_each(3, move |_| {
            for _ in 0..3 {
                let mut guard = shared.lock().expect("not poisoned");
                let before = *guard;
                thread::yield_now();
                *guard = before + 1;
            }
        });
        assert_eq!(*sum.lock().expect("not poisoned"), 9);
    });
}

#[test]
fn giving_a_mutex_back_between_read_and_write_loses_updates() {
    finds(
        || {
            let sum = Arc::new(Mutex::new(0));
            let shared = Arc::clone(&sum);
            spawn_each(2, move |_| {
                let before = *shared.lock().expect("not poisoned");
                *shared.lock().expect("not poisoned") = before + 1;
            });
            assert_eq!(*sum.lock().expect("not poisoned"), 2, "lost");
        },
        failed_with("lost"),
    );
}

#[test]
fn locks_in_opposite_order_deadlock() {
    finds(
        || {
            let pair = Arc::new((Mutex::new(()), Mutex::new(())));
            spawn_each(2, move |i| {
                let (a, b) = if i == 0 { (&pair.0, &pair.1) } else { (&pair.1, &pair.0) };
                let _a = a.lock().expect("not poisoned");
                let _b = b.lock().expect("not poisoned");
            });
        },
        deadlock,
    );
}

#[test]
fn try_lock_fails_exactly_while_the_lock_is_held() {
    let seen = always(|| {
        let lock = Arc::new(Mutex::new(()));
        let other = Arc::clone(&lock);
        let handle = thread::spawn(move || {
            let _guard = other.lock();
            thread::yield_now();
        });
        let got = match lock.try_lock() {
            Ok(_) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Poisoned(_)) => panic!("poisoned"),
        };
        handle.join().expect("no panic");
        assert!(lock.try_lock().is_ok());
        got
    });
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_panic_poisons_and_cancelling_does_not() {
    always(|| {
        let lock = Arc::new(Mutex::new(1));
        let other = Arc::clone(&lock);
        let result = thread::spawn(move || {
            let _guard = other.lock();
            panic!("on purpose")
        })
        .join();
        assert!(result.is_err());
        assert!(lock.is_poisoned());
        assert_eq!(*lock.lock().expect_err("poisoned").into_inner(), 1);
        assert!(matches!(lock.try_lock(), Err(TryLockError::Poisoned(_))));
        lock.clear_poison();
        assert!(lock.lock().is_ok());
    });
    static KEPT: Mutex<u32> = Mutex::new(0);
    static KEPT_RW: RwLock<u32> = RwLock::new(0);
    always(|| {
        assert!(!KEPT.is_poisoned());
        thread::spawn(|| {
            let _guard = KEPT.lock().expect("not poisoned");
            let _write = KEPT_RW.write().expect("not poisoned");
            thread::park();
        });
        thread::yield_now();
    });
    assert!(KEPT.lock().is_ok() && KEPT_RW.write().is_ok());
}

#[test]
fn a_guard_kept_across_panics_of_bystanders_is_not_poisoned() {
    always(|| {
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        struct Slow(#[expect(dead_code, reason = "only held")] Arc<Mutex<i32>>);
        impl Drop for Slow {
            fn drop(&mut self) {
                // Others run while this thread unwinds.
                for _ in 0..3 {
                    thread::yield_now();
                }
            }
        }
        let one = thread::spawn(move || {
            let _slow = Slow(other);
            panic!("on purpose")
        });
        let mine = Arc::clone(&lock);
        let two = thread::spawn(move || {
            for _ in 0..3 {
                *mine.lock().expect("not poisoned") += 1;
            }
        });
        assert!(one.join().is_err());
        two.join().expect("no panic");
        assert!(!lock.is_poisoned());
    });
}

#[test]
fn an_unsized_mutex_works() {
    always(|| {
        let lock: Arc<Mutex<dyn FnMut() -> i32 + Send>> = Arc::new(Mutex::new(|| 7));
        assert_eq!((lock.lock().expect("not poisoned"))(), 7);
        assert!(format!("{:?}", Mutex::new(3)).contains("data: 3"));
        let mut owned = Mutex::from(4);
        *owned.get_mut().expect("not poisoned") += 1;
        assert_eq!(owned.into_inner().expect("not poisoned"), 5);
    });
}

#[test]
fn readers_share_and_writers_exclude() {
    let seen = always(|| {
        let lock = Arc::new(RwLock::new((0, 0)));
        let readers = Arc::new(Mutex::new((0, 0)));
        let (a, b) = (Arc::clone(&lock), Arc::clone(&readers));
        spawn_each(4, move |i| {
            if i < 2 {
                let mut guard = a.write().expect("not poisoned");
                guard.0 += 1;
                thread::yield_now();
                guard.1 += 1;
            } else {
                let guard = a.read().expect("not poisoned");
                let mut counts = b.lock().expect("not poisoned");
                counts.0 += 1;
                counts.1 = counts.1.max(counts.0);
                drop(counts);
                assert_eq!(guard.0, guard.1);
                b.lock().expect("not poisoned").0 -= 1;
            }
        });
        assert_eq!(*lock.read().expect("not poisoned"), (2, 2));
        readers.lock().map(|counts| counts.1).expect("not poisoned")
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 2], "readers overlap in some schedules only");
}

#[test]
fn upgrading_a_read_lock_deadlocks() {
    finds(
        || {
            let lock = Arc::new(RwLock::new(0));
            spawn_each(2, move |_| {
                let read = lock.read().expect("not poisoned");
                if *read == 0 && lock.try_write().is_err() {
                    *lock.write().expect("not poisoned") += 1;
                }
            });
        },
        |end| match end {
            End::Deadlock(deadlock) => {
                assert!(!deadlock.cycle.is_empty(), "{deadlock:?}");
                true
            }
            _ => false,
        },
    );
}

#[test]
fn try_read_and_try_write_follow_the_holders() {
    always(|| {
        let lock = RwLock::new(0);
        {
            let _read = lock.read().expect("not poisoned");
            assert!(lock.try_read().is_ok());
            assert!(matches!(lock.try_write(), Err(TryLockError::WouldBlock)));
        }
        {
            let _write = lock.try_write().expect("free");
            assert!(matches!(lock.try_read(), Err(TryLockError::WouldBlock)));
        }
        assert!(lock.try_write().is_ok());
        assert!(!lock.is_poisoned());
    });
}

struct Queue {
    items: Mutex<Vec<u32>>,
    filled: Condvar,
}

fn queue() -> Arc<Queue> {
    Arc::new(Queue { items: Mutex::new(Vec::new()), filled: Condvar::new() })
}

#[test]
fn a_condvar_loop_receives_everything() {
    always(|| {
        let queue = queue();
        let consumer = Arc::clone(&queue);
        let consumers = thread::spawn(move || {
            spawn_each(2, move |_| {
                let guard = consumer.items.lock().expect("not poisoned");
                let mut guard =
                    consumer.filled.wait_while(guard, |items| items.is_empty()).expect("not poisoned");
                guard.pop().expect("one is there")
            })
        });
        for i in 0..2 {
            queue.items.lock().expect("not poisoned").push(i);
            queue.filled.notify_one();
        }
        let mut got = consumers.join().expect("no panic");
        got.sort_unstable();
        assert_eq!(got, [0, 1]);
    });
}

#[test]
fn waiting_without_a_loop_fails() {
    finds(
        || {
            let queue = queue();
            let consumer = Arc::clone(&queue);
            let consumers = thread::spawn(move || {
                spawn_each(2, move |_| {
                    let mut guard = consumer.items.lock().unwrap_or_else(|poison| poison.into_inner());
                    if guard.is_empty() {
                        guard = consumer.filled.wait(guard).unwrap_or_else(|poison| poison.into_inner());
                    }
                    assert!(guard.pop().is_some(), "woken for nothing");
                })
            });
            for i in 0..2 {
                queue.items.lock().unwrap_or_else(|poison| poison.into_inner()).push(i);
                queue.filled.notify_all();
            }
            consumers.join().expect("woken for nothing");
        },
        failed_with("woken for nothing"),
    );
}

#[test]
fn a_notification_before_the_wait_is_lost() {
    finds(
        || {
            let queue = queue();
            let other = Arc::clone(&queue);
            let handle = thread::spawn(move || {
                let guard = other.items.lock().expect("not poisoned");
                drop(other.filled.wait(guard));
            });
            queue.filled.notify_one();
            handle.join().expect("no panic");
        },
        deadlock,
    );
}

#[test]
fn notify_one_may_wake_any_waiter() {
    let seen = always(|| {
        let shared = Arc::new((Mutex::new((0, Vec::new())), Condvar::new()));
        let handles: Vec<_> = (0..3)
            .map(|i| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let mut guard = shared.0.lock().expect("not poisoned");
                    guard.0 += 1;
                    let mut guard = shared.1.wait(guard).expect("not poisoned");
                    guard.1.push(i);
                })
            })
            .collect();
        while shared.0.lock().expect("not poisoned").0 < 3 {
            thread::yield_now();
        }
        for done in 1..=3 {
            shared.1.notify_one();
            while shared.0.lock().expect("not poisoned").1.len() < done {
                thread::yield_now();
            }
        }
        handles.into_iter().for_each(|handle| handle.join().expect("no panic"));
        shared.0.lock().map(|state| state.1.clone()).expect("not poisoned")
    });
    assert_eq!(seen.len(), 6, "{seen:?}");
}

#[test]
fn a_wait_with_a_timeout_ends_on_the_virtual_clock() {
    // A wait that ends for no reason ends before its time.
    let options = Options { spurious: false, ..Options::default() };
    always_with(&options, || {
        let (lock, condvar) = (Mutex::new(false), Condvar::new());
        let start = Instant::now();
        let (guard, timeout) = condvar
            .wait_timeout(lock.lock().expect("not poisoned"), Duration::from_secs(5))
            .expect("not poisoned");
        assert!(timeout.timed_out());
        assert_eq!(start.elapsed(), Duration::from_secs(5));
        let (guard, timeout) =
            condvar.wait_timeout_while(guard, Duration::from_secs(2), |flag| !*flag).expect("not poisoned");
        assert!(timeout.timed_out() && !*guard);
        assert_eq!(start.elapsed(), Duration::from_secs(7));
    });
    always(|| {
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&shared);
        let handle = thread::spawn(move || {
            thread::sleep(Duration::from_secs(1));
            *other.0.lock().expect("not poisoned") = true;
            other.1.notify_all();
        });
        let guard = shared.0.lock().expect("not poisoned");
        let (guard, timeout) =
            shared.1.wait_timeout_while(guard, Duration::from_secs(3), |flag| !*flag).expect("not poisoned");
        assert!(*guard && !timeout.timed_out());
        drop(guard);
        handle.join().expect("no panic");
    });
}

#[test]
fn waiters_are_torn_down() {
    always(|| {
        let shared = Arc::new((Mutex::new(0), Condvar::new(), Mutex::new(0)));
        struct LocksOnDrop(Arc<(Mutex<i32>, Condvar, Mutex<i32>)>);
        impl Drop for LocksOnDrop {
            fn drop(&mut self) {
                for lock in [&self.0.2, &self.0.0] {
                    let mut guard = lock.lock().expect("not poisoned");
                    *guard += 1;
                    thread::yield_now();
                }
            }
        }
        for _ in 0..3 {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let _late = LocksOnDrop(Arc::clone(&shared));
                let guard = shared.0.lock().expect("not poisoned");
                let _guard = shared.1.wait(guard);
            });
        }
        for _ in 0..4 {
            thread::yield_now();
        }
    });
}

#[test]
fn a_barrier_lets_all_go_together_and_one_lead() {
    always(|| {
        let barrier = Arc::new(Barrier::new(3));
        let count = Arc::new(Mutex::new(0));
        let leaders = spawn_each(3, move |_| {
            let mut led = 0;
            for round in 1..=2 {
                *count.lock().expect("not poisoned") += 1;
                led += u32::from(barrier.wait().is_leader());
                assert!(*count.lock().expect("not poisoned") >= 3 * round, "too early");
            }
            led
        });
        assert_eq!(leaders.iter().sum::<u32>(), 2);
    });
}

#[test]
fn a_barrier_for_too_many_deadlocks() {
    finds(
        || {
            let barrier = Arc::new(Barrier::new(3));
            spawn_each(2, move |_| barrier.wait().is_leader());
        },
        deadlock,
    );
}

#[test]
fn everything_passes_through_when_nothing_explores() {
    let lock = Arc::new((Mutex::new(0), Condvar::new(), RwLock::new(0), Barrier::new(2)));
    let other = Arc::clone(&lock);
    let handle = thread::spawn(move || {
        other.3.wait();
        *other.0.lock().expect("not poisoned") += 1;
        *other.2.write().expect("not poisoned") += 1;
        other.1.notify_all();
    });
    lock.3.wait();
    let guard: MutexGuard<'_, i32> = lock.0.lock().expect("not poisoned");
    let guard = lock.1.wait_while(guard, |n| *n == 0).expect("not poisoned");
    assert!(lock.0.try_lock().is_err());
    let (guard, timeout) = lock.1.wait_timeout(guard, Duration::from_millis(1)).expect("not poisoned");
    assert!(timeout.timed_out());
    drop(guard);
    handle.join().expect("no panic");
    assert_eq!(*lock.2.read().expect("not poisoned"), 1);
    let other = Arc::clone(&lock);
    assert!(
        thread::spawn(move || {
            let _guard = other.0.lock();
            panic!("on purpose, in a test of poisoning")
        })
        .join()
        .is_err()
    );
    assert!(lock.0.is_poisoned());
}
