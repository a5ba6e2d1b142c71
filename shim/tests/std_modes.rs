//! `std` under other options, and in tasks that share a thread.
#![allow(missing_docs)]

mod std_support;

use std::cell::{Cell, RefCell};
use std::panic::Location;

use coyote_engine::{Granularity, LaneId, Options, Spawn, TaskHandle, Time, current};
use coyote_shim::std as cstd;
use cstd::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use cstd::sync::{Arc, Condvar, Mutex, mpsc};
use cstd::thread;
use cstd::time::{Duration, Instant};
use std_support::*;

cstd::thread_local! {
    static COUNT: Cell<u32> = const { Cell::new(0) };
    static IDS: RefCell<Vec<thread::ThreadId>> = const { RefCell::new(Vec::new()) };
}

fn spawn_in<T>(lane: LaneId, future: impl Future<Output = T>) -> TaskHandle<T> {
    let cx = current().expect("under control");
    cx.create(future, Spawn { is_thread: false, name: None, lane, location: Location::caller() })
}

fn join<T>(handle: TaskHandle<T>) -> T {
    current().expect("under control").join(&handle, Location::caller()).expect("no panic")
}

#[test]
fn tasks_in_a_lane_of_one_place_share_a_thread() {
    always(|| {
        let lane = current().expect("under control").create_lane(1);
        let task = || async {
            COUNT.set(COUNT.get() + 1);
            IDS.with_borrow_mut(|ids| ids.push(thread::current().id()));
            IDS.with_borrow(|ids| assert!(ids.iter().all(|&id| id == ids[0])));
            (COUNT.get(), thread::current().id())
        };
        let tasks = [spawn_in(lane, task()), spawn_in(lane, task())];
        let [(one, first), (two, second)] = tasks.map(join);
        assert_eq!((one.min(two), one.max(two)), (1, 2));
        assert!(first == second && first != thread::current().id());
        assert_eq!(COUNT.get(), 0);
    });
}

thread_local! {
    static DESTROYED: Cell<u32> = const { Cell::new(0) };
}

struct Noted;

impl Drop for Noted {
    fn drop(&mut self) {
        DESTROYED.set(DESTROYED.get() + 1);
    }
}

cstd::thread_local! {
    static NOTED: Noted = const { Noted };
}

#[test]
fn what_tasks_of_a_lane_share_is_destroyed_with_the_execution() {
    let runs = Cell::new(0);
    always(|| {
        assert_eq!(DESTROYED.get(), runs.get());
        runs.set(runs.get() + 1);
        let lane = current().expect("under control").create_lane(1);
        [(); 2].map(|()| spawn_in(lane, async { NOTED.with(|_| ()) })).into_iter().for_each(join);
    });
    assert_eq!(DESTROYED.get(), runs.get());
}

#[test]
fn tasks_in_a_lane_of_two_places_do_not_share_a_thread() {
    always(|| {
        let lane = current().expect("under control").create_lane(2);
        let task = || async {
            COUNT.set(COUNT.get() + 1);
            (COUNT.get(), thread::current().id())
        };
        let [(one, first), (two, second)] = [spawn_in(lane, task()), spawn_in(lane, task())].map(join);
        assert_eq!((one, two), (1, 1));
        assert_ne!(first, second);
    });
}

#[test]
fn a_thread_that_runs_a_lane_is_the_lanes_thread() {
    always(|| {
        let parked = thread::spawn(|| {
            let cx = current().expect("under control");
            let lane = cx.create_lane(1);
            let own = thread::current().id();
            let inside = cx.block_on(
                async {
                    let shared = spawn_in(lane, async { thread::current().id() });
                    let id = std::future::poll_fn(|poll| shared.poll_join(poll.waker())).await;
                    // The token that the handle gives must arrive here, too.
                    thread::park();
                    (thread::current().id(), id.expect("no panic"))
                },
                lane,
                Location::caller(),
            );
            assert_eq!(inside, (own, own));
            own
        });
        let id = parked.thread().id();
        parked.thread().unpark();
        assert_eq!(parked.join().expect("no panic"), id);
    });
}

#[test]
fn a_thread_that_runs_a_lane_lends_it_its_thread_locals() {
    always(|| {
        let cx = current().expect("under control");
        let lane = cx.create_lane(1);
        COUNT.set(5);
        let seen = cx.block_on(
            async {
                let shared = spawn_in(lane, async { COUNT.replace(6) });
                let seen = std::future::poll_fn(|poll| shared.poll_join(poll.waker())).await;
                (seen.expect("no panic"), COUNT.get())
            },
            lane,
            Location::caller(),
        );
        assert_eq!((seen, COUNT.get()), ((5, 6), 6));
    });
}

#[test]
fn thread_identities_differ_between_executions_and_hash_alike() {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    let seen = RefCell::new(Vec::new());
    each(
        &["round-robin"],
        2,
        || thread::spawn(|| thread::current().id()).join().expect("no panic"),
        |_, _, _, id| seen.borrow_mut().extend(id),
    );
    let seen = seen.into_inner();
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    assert_ne!(seen[0], seen[1]);
    assert_eq!(hasher.hash_one(seen[0]), hasher.hash_one(seen[1]));
    assert_eq!(format!("{:?}", seen[0]), format!("{:?}", seen[1]));
}

#[test]
fn handles_of_threads_that_are_gone_do_nothing() {
    let kept = RefCell::new(Vec::new());
    each(
        &["random"],
        4,
        || {
            kept.borrow().iter().for_each(thread::Thread::unpark);
            kept.borrow_mut().push(thread::current());
            thread::park_timeout(Duration::from_secs(1));
            assert!(Instant::now().elapsed().is_zero());
        },
        |_, seed, outcome, _| {
            assert!(matches!(outcome.end, coyote_engine::End::Completed), "{seed}: {:?}", outcome.end);
        },
    );
    kept.into_inner().iter().for_each(thread::Thread::unpark);
}

#[test]
fn racing_time_lets_timeouts_come_before_what_they_wait_for() {
    let options = Options { time: Time::Racing, ..Options::default() };
    let body = || {
        let (tell, told) = mpsc::channel();
        let shared = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&shared);
        let worker = thread::spawn(move || {
            tell.send(()).expect("the test receives");
            *other.0.lock().expect("not poisoned") = true;
            other.1.notify_one();
        });
        let start = Instant::now();
        let late = told.recv_timeout(Duration::from_secs(1)).is_err();
        assert!(!late || start.elapsed() >= Duration::from_secs(1));
        let guard = shared.0.lock().expect("not poisoned");
        let (guard, timeout) = shared
            .1
            .wait_timeout_while(guard, Duration::from_secs(1), |ready| !*ready)
            .expect("not poisoned");
        assert_eq!(timeout.timed_out(), !*guard);
        let never = !*guard;
        drop(guard);
        worker.join().expect("no panic");
        (late, never)
    };
    let racing = always_with(&options, body);
    assert!(racing.contains(&(false, false)) && racing.contains(&(true, false)), "{racing:?}");
    assert!(racing.iter().any(|&(_, never)| never), "{racing:?}");
    // With the clock of the default, work that can be done is done first.
    assert_eq!(always(body).into_iter().collect::<Vec<_>>(), [(false, false)]);
}

#[test]
fn racing_sleepers_never_wake_before_their_time() {
    let options = Options { time: Time::Racing, ..Options::default() };
    let seen = always_with(&options, || {
        let start = Instant::now();
        let woken = [2, 1].map(|seconds| {
            thread::spawn(move || {
                thread::sleep(Duration::from_secs(seconds));
                let slept = start.elapsed();
                assert!(slept >= Duration::from_secs(seconds));
                slept.as_secs()
            })
        });
        woken.map(|thread| thread.join().expect("no panic"))
    });
    // The second may be so slow to start, or to go on, that the clock has moved past the first.
    assert!(seen.contains(&[2, 1]) && seen.len() > 1, "{seen:?}");
}

#[test]
fn await_granularity_switches_threads_only_where_they_block() {
    let body = || {
        let total = Arc::new(AtomicUsize::new(0));
        let adders = [(); 2].map(|()| {
            let total = Arc::clone(&total);
            thread::spawn(move || {
                let before = total.load(SeqCst);
                total.store(before + 1, SeqCst);
            })
        });
        adders.into_iter().for_each(|adder| adder.join().expect("no panic"));
        total.load(SeqCst)
    };
    let options = Options { granularity: Granularity::Await, ..Options::default() };
    assert_eq!(always_with(&options, body).into_iter().collect::<Vec<_>>(), [2]);
    assert_eq!(always(body).into_iter().collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn await_granularity_blocks_at_locks_and_channels_all_the_same() {
    let options = Options { granularity: Granularity::Await, ..Options::default() };
    always_with(&options, || {
        let (tell, told) = mpsc::sync_channel(0);
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        let worker = thread::spawn(move || {
            let mut guard = other.lock().expect("not poisoned");
            tell.send(1).expect("the test receives");
            thread::park();
            *guard += 1;
        });
        assert_eq!(told.recv(), Ok(1));
        worker.thread().unpark();
        assert_eq!(*lock.lock().expect("not poisoned"), 1);
        worker.join().expect("no panic");
    });
}
