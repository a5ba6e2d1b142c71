//! `std::thread` and `std::time`.
#![allow(missing_docs)]

mod std_support;

use std::cell::{Cell, RefCell};

use coyote_shim::std as cstd;
use cstd::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use cstd::sync::{Arc, Mutex};
use cstd::thread;
use cstd::time::{Duration, Instant};
use std_support::*;

#[test]
fn threads_have_identities_of_their_own() {
    always(|| {
        assert_eq!(thread::current().name(), Some("main"));
        let child = thread::Builder::new()
            .name("child".to_owned())
            .spawn(|| (thread::current().id(), thread::current().name().map(str::to_owned)))
            .expect("spawned");
        let id = child.thread().id();
        assert_ne!(id, thread::current().id());
        assert_eq!(child.join().expect("no panic"), (id, Some("child".to_owned())));
        assert!(thread::spawn(|| thread::current().name().is_none()).join().expect("no panic"));
    });
}

#[test]
fn a_panic_is_what_join_returns() {
    always(|| {
        let payload =
            thread::spawn(|| panic!("on purpose {}", thread::current().id() == thread::current().id()))
                .join()
                .expect_err("it panicked");
        assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some("on purpose true"));
        let handle = thread::spawn(|| 1);
        while !handle.is_finished() {
            thread::yield_now();
        }
        assert_eq!(handle.join().expect("no panic"), 1);
    });
}

#[test]
fn park_tokens_do_not_add_up_and_are_not_lost() {
    always(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let handle = thread::spawn(move || {
            while !other.load(SeqCst) {
                thread::park();
            }
        });
        flag.store(true, SeqCst);
        handle.thread().unpark();
        handle.thread().unpark();
        handle.join().expect("no panic");
        let start = Instant::now();
        thread::current().unpark();
        thread::park_timeout(Duration::from_secs(9));
        assert_eq!(start.elapsed(), Duration::ZERO);
        thread::park_timeout(Duration::from_secs(9));
        assert_eq!(start.elapsed(), Duration::from_secs(9));
    });
}

#[test]
fn unparking_before_the_flag_is_set_deadlocks() {
    finds(
        || {
            let flag = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&flag);
            let handle = thread::spawn(move || {
                while !other.load(SeqCst) {
                    thread::park();
                }
            });
            handle.thread().unpark();
            flag.store(true, SeqCst);
            handle.join().expect("no panic");
        },
        deadlock,
    );
}

#[test]
fn sleeping_follows_the_virtual_clock() {
    let seen = always(|| {
        let start = Instant::now();
        let order = Arc::new(Mutex::new(Vec::new()));
        let handles: Vec<_> = [3, 1, 2, 2]
            .into_iter()
            .map(|seconds| {
                let order = Arc::clone(&order);
                thread::spawn(move || {
                    thread::sleep(Duration::from_secs(seconds));
                    order.lock().expect("not poisoned").push(seconds);
                })
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().expect("no panic"));
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        order.lock().map(|order| order.clone()).expect("not poisoned")
    });
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [[1, 2, 2, 3]]);
    let outside = Instant::now();
    always(|| assert!(Instant::now() != outside && Instant::now().checked_add(Duration::MAX).is_none()));
}

#[test]
fn a_scope_waits_for_its_threads_and_lends_them_what_it_can() {
    always(|| {
        let mut numbers = vec![1, 2, 3];
        let sum = AtomicUsize::new(0);
        let (numbers, sum) = (&mut numbers, &sum);
        let doubled = thread::scope(|scope| {
            scope.spawn(|| {
                numbers.push(4);
                scope.spawn(|| sum.fetch_add(1, SeqCst));
            });
            let handle = scope.spawn(|| {
                thread::yield_now();
                sum.fetch_add(1, SeqCst);
                &sum
            });
            let sum = handle.join().expect("no panic");
            sum.fetch_add(1, SeqCst);
            2
        });
        assert_eq!((doubled, numbers.len(), sum.load(SeqCst)), (2, 4, 3));
    });
}

#[test]
fn a_scoped_panic_that_nobody_joined_is_the_scopes() {
    always(|| {
        let joined = thread::scope(|scope| scope.spawn(|| panic!("on purpose")).join().is_err());
        assert!(joined);
        let unjoined = std::panic::catch_unwind(|| {
            thread::scope(|scope| {
                scope.spawn(|| panic!("on purpose"));
                scope.spawn(thread::yield_now);
            });
        });
        let payload = unjoined.expect_err("it panics");
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"a scoped thread panicked"));
    });
}

#[test]
fn a_scope_that_is_cancelled_outlives_its_threads() {
    always(|| {
        thread::spawn(|| {
            let alive = AtomicBool::new(true);
            struct Ends<'a>(&'a AtomicBool);
            impl Drop for Ends<'_> {
                fn drop(&mut self) {
                    thread::yield_now();
                    assert!(self.0.load(SeqCst));
                }
            }
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        let _ends = Ends(&alive);
                        thread::park();
                    });
                }
                thread::park();
            });
            alive.store(false, SeqCst);
        });
        (0..4).for_each(|_| thread::yield_now());
    });
}

#[test]
fn a_scope_whose_thread_never_ends_deadlocks() {
    finds(|| thread::scope(|scope| drop(scope.spawn(thread::park))), deadlock);
}

struct Noisy(&'static str, Arc<Mutex<Vec<&'static str>>>);

impl Drop for Noisy {
    fn drop(&mut self) {
        let seen = COUNT.try_with(|count| count.replace(Cell::new(0).get()));
        assert!(seen.is_ok());
        let gone = LATE.try_with(|_| ()).is_err();
        self.1.lock().expect("not poisoned").push(if gone { "late is gone" } else { self.0 });
    }
}

cstd::thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(1) };
    /// Has a destructor.
    pub static EARLY: RefCell<Option<Noisy>> = const { RefCell::new(None) };
    static LATE: RefCell<Option<Noisy>> = RefCell::new(None);
    static NAMES: RefCell<Vec<String>> = RefCell::new(vec![thread::current().name().unwrap_or("?").to_owned()])
}

#[test]
fn thread_local_values_belong_to_their_thread() {
    fn body() {
        COUNT.set(5);
        let child = thread::spawn(|| {
            thread::yield_now();
            assert_eq!(COUNT.replace(7), 1);
            thread::yield_now();
            NAMES.with_borrow_mut(|names| names.push("more".to_owned()));
            assert_eq!(COUNT.take(), 7);
            NAMES.with_borrow(Vec::len)
        });
        thread::yield_now();
        assert_eq!(COUNT.get(), 5);
        assert_eq!(child.join().expect("no panic"), 2);
        NAMES.set(Vec::new());
        assert!(NAMES.take().is_empty());
    }
    always(body);
    body();
}

#[test]
fn thread_local_values_are_destroyed_latest_first_when_the_thread_ends() {
    fn body() {
        let log = Arc::new(Mutex::new(Vec::new()));
        let (one, two) = (Arc::clone(&log), Arc::clone(&log));
        thread::spawn(move || {
            EARLY.with_borrow_mut(|slot| *slot = Some(Noisy("early", one)));
            LATE.with_borrow_mut(|slot| *slot = Some(Noisy("late", two)));
        })
        .join()
        .expect("no panic");
        assert_eq!(*log.lock().expect("not poisoned"), ["late is gone", "late is gone"]);
    }
    always(body);
    body();
}

#[test]
fn sharing_through_a_thread_local_by_mistake_is_found() {
    finds(
        || {
            thread::spawn(|| COUNT.set(3)).join().expect("no panic");
            assert_eq!(COUNT.get(), 3, "not shared");
        },
        failed_with("not shared"),
    );
}

#[test]
fn threads_pass_through_when_nothing_explores() {
    let total = AtomicUsize::new(0);
    let result = thread::scope(|scope| {
        scope.spawn(|| scope.spawn(|| total.fetch_add(1, SeqCst)));
        let handle = thread::Builder::new()
            .name("named".to_owned())
            .spawn_scoped(scope, || thread::current().name().map(str::to_owned))
            .expect("spawned");
        handle.join().expect("no panic")
    });
    assert_eq!((result.as_deref(), total.load(SeqCst)), (Some("named"), 1));
    let parked = thread::spawn(thread::park);
    parked.thread().unpark();
    parked.join().expect("no panic");
    thread::sleep(Duration::from_millis(1));
    thread::park_timeout(Duration::from_millis(1));
    assert!(thread::available_parallelism().is_ok());
    assert!(Instant::now().elapsed() < Duration::from_secs(1));
}
