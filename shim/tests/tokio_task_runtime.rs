//! Runtimes: flavors, nesting, shutting down, the blocking pool.
#![allow(missing_docs)]

mod tokio_harness;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use coyote_engine::{End, Op, OpKind, current};
use coyote_shim::tokio;
use tokio::runtime::{Builder, Handle, LocalRuntime, Runtime, RuntimeFlavor};
use tokio::task::yield_now;
use tokio_harness::{explore_thread, fails_thread, passes, passes_thread};

/// A scheduling point, as an operation on something shared has.
#[track_caller]
fn point() {
    current().expect("under control").point(Op::local(OpKind::Point, std::panic::Location::caller()));
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn workers(n: usize) -> Runtime {
    Builder::new_multi_thread().worker_threads(n).enable_all().build().expect("a runtime")
}

/// Two tasks that would notice if they ran at the same time.
async fn two_tasks(check: bool) {
    let inside = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let inside = inside.clone();
            tokio::spawn(async move {
                for _ in 0..2 {
                    let before = inside.fetch_add(1, Ordering::Relaxed);
                    assert!(!check || before == 0, "two at a time");
                    point();
                    inside.fetch_sub(1, Ordering::Relaxed);
                    yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        if let Err(error) = task.await {
            std::panic::resume_unwind(error.into_panic());
        }
    }
}

#[test]
fn tasks_of_one_thread_switch_only_where_they_wait() {
    passes_thread(|| current_thread().block_on(two_tasks(true)));
    passes_thread(|| workers(1).block_on(two_tasks(true)));
}

#[test]
fn tasks_of_several_workers_overlap() {
    fails_thread("two at a time", || workers(2).block_on(two_tasks(true)));
    fails_thread("two at a time", || Runtime::new().expect("a runtime").block_on(two_tasks(true)));
}

#[test]
fn tasks_of_a_current_thread_runtime_wait_for_block_on() {
    passes_thread(|| {
        let runtime = current_thread();
        let ran = Arc::new(AtomicBool::new(false));
        let set = ran.clone();
        let task = runtime.spawn(async move { set.store(true, Ordering::Relaxed) });
        for _ in 0..5 {
            point();
            assert!(!ran.load(Ordering::Relaxed), "it ran without `block_on`");
        }
        runtime.block_on(task).expect("returns");
        assert!(ran.load(Ordering::Relaxed));
        let _late = runtime.spawn(async {});
    });
}

#[test]
fn shutting_down_cancels_tasks_and_waits_for_what_runs() {
    struct Note(Arc<AtomicUsize>);
    impl Drop for Note {
        fn drop(&mut self) {
            point();
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    for build in [current_thread, || workers(2), || Runtime::new().expect("a runtime")] {
        passes_thread(move || {
            let runtime = build();
            let dropped = Arc::new(AtomicUsize::new(0));
            for _ in 0..2 {
                let note = Note(dropped.clone());
                drop(runtime.spawn(async move {
                    let _note = note;
                    point();
                    std::future::pending::<()>().await;
                }));
            }
            let ended = Arc::new(AtomicBool::new(false));
            let (end, started) = (ended.clone(), Arc::new(AtomicBool::new(false)));
            let start = started.clone();
            let closure = runtime.spawn_blocking(move || {
                start.store(true, Ordering::Relaxed);
                point();
                end.store(true, Ordering::Relaxed);
            });
            point();
            let handle = runtime.handle().clone();
            drop(runtime);
            assert_eq!(dropped.load(Ordering::Relaxed), 2);
            assert_eq!(started.load(Ordering::Relaxed), ended.load(Ordering::Relaxed));
            assert!(closure.is_finished());
            // Too late.
            let refused = handle.spawn(async {});
            assert!(refused.is_finished());
        });
    }
}

#[test]
fn a_timeout_ends_the_wait_for_closures() {
    passes_thread(|| {
        let runtime = workers(2);
        let started = tokio::time::Instant::now();
        drop(runtime.spawn_blocking(|| coyote_shim::std::thread::sleep(Duration::from_secs(100))));
        runtime.shutdown_timeout(Duration::from_secs(3));
        assert!(started.elapsed() <= Duration::from_secs(3));
        let runtime = current_thread();
        runtime.shutdown_background();
    });
}

#[test]
fn the_end_of_a_runtime_cancels_no_closure_on_a_new_thread() {
    passes_thread(|| {
        let runtime = workers(2);
        let closure = runtime.spawn_blocking(|| 42);
        let handle = runtime.handle().clone();
        runtime.shutdown_timeout(Duration::from_secs(3));
        assert_eq!(handle.block_on(closure).expect("it ran"), 42);
    });
}

#[test]
fn a_timer_of_a_runtime_that_is_gone_panics_as_in_tokio() {
    passes_thread(|| {
        let runtime = current_thread();
        let handle = runtime.handle().clone();
        #[expect(clippy::async_yields_async, reason = "the sleep is made inside, and used outside")]
        let sleep = handle.block_on(async { tokio::time::sleep(Duration::from_secs(1)) });
        drop(runtime);
        let polled = std::panic::AssertUnwindSafe(|| handle.block_on(sleep));
        let error = std::panic::catch_unwind(polled).expect_err("not allowed");
        assert!(error.downcast_ref::<&str>().is_some_and(|text| text.contains("being shutdown")));
    });
}

#[test]
fn an_aborted_task_ends_with_the_panic_of_its_destructor() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in the destructor");
        }
    }
    passes(|| async {
        let task = tokio::spawn(async {
            let _bomb = Bomb;
            std::future::pending::<()>().await;
        });
        yield_now().await;
        task.abort();
        // Aborted before its first poll, it had no bomb yet.
        let error = task.await.expect_err("aborted");
        assert!(error.is_panic() || error.is_cancelled());
        if let Ok(payload) = error.try_into_panic() {
            assert!(payload.is::<&str>());
        }
    });
}

#[test]
fn a_future_whose_poll_panics_is_destroyed_while_that_unwinds() {
    struct Boom(Arc<AtomicBool>);
    impl Future for Boom {
        type Output = ();
        fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<()> {
            panic!("in the poll");
        }
    }
    impl Drop for Boom {
        fn drop(&mut self) {
            self.0.store(std::thread::panicking(), Ordering::Relaxed);
        }
    }
    passes(|| async {
        let seen = Arc::new(AtomicBool::new(false));
        assert!(tokio::spawn(Boom(seen.clone())).await.expect_err("panicked").is_panic());
        assert!(seen.load(Ordering::Relaxed));
    });
}

#[test]
fn dropping_a_runtime_in_a_task_panics_as_in_tokio() {
    passes(|| async {
        let runtime = workers(1);
        let error = tokio::spawn(async move { drop(runtime) }).await.expect_err("not allowed");
        assert!(error.to_string().contains("Cannot drop a runtime in a context where blocking"), "{error}");
        let runtime = workers(1);
        tokio::spawn(async move { runtime.shutdown_background() }).await.expect("allowed");
    });
}

#[test]
fn block_in_place_gives_its_worker_to_others() {
    passes_thread(|| {
        workers(1).block_on(async {
            let flag = Arc::new(AtomicBool::new(false));
            let set = flag.clone();
            let waiting = tokio::spawn(async move {
                tokio::task::block_in_place(|| {
                    Handle::current().block_on(async {
                        while !flag.load(Ordering::Relaxed) {
                            yield_now().await;
                        }
                    });
                });
            });
            let setting = tokio::spawn(async move { set.store(true, Ordering::Relaxed) });
            waiting.await.expect("returns");
            setting.await.expect("returns");
        });
    });
    passes_thread(|| {
        let error = current_thread().block_on(async {
            tokio::spawn(async { tokio::task::block_in_place(|| {}) }).await.expect_err("not allowed")
        });
        assert!(
            error.to_string().contains("can call blocking only when running on the multi-threaded runtime")
        );
    });
}

#[test]
fn a_wake_during_nested_block_on_is_not_lost() {
    passes_thread(|| {
        workers(2).block_on(async {
            let (sender, receiver) = ::tokio::sync::oneshot::channel();
            let (go, gone) = ::tokio::sync::oneshot::channel();
            let outer = tokio::spawn(async move {
                let nested = async {
                    tokio::task::block_in_place(|| {
                        Handle::current().block_on(async { gone.await.expect("sent") })
                    });
                };
                tokio::join!(async { receiver.await.expect("sent") }, nested);
            });
            sender.send(()).expect("received");
            yield_now().await;
            go.send(()).expect("received");
            outer.await.expect("returns");
        });
    });
}

#[test]
fn at_most_so_many_closures_block_at_a_time() {
    let mut most = BTreeSet::new();
    explore_thread(
        100,
        || {
            let runtime = Builder::new_multi_thread().max_blocking_threads(2).build().expect("a runtime");
            let (inside, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
            let closures: Vec<_> = (0..4)
                .map(|_| {
                    let (inside, most) = (inside.clone(), most.clone());
                    runtime.spawn_blocking(move || {
                        most.fetch_max(inside.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                        point();
                        inside.fetch_sub(1, Ordering::Relaxed);
                    })
                })
                .collect();
            runtime.block_on(async {
                for closure in closures {
                    closure.await.expect("returns");
                }
            });
            most.load(Ordering::Relaxed)
        },
        |name, seed, outcome, output| {
            assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
            most.extend(output);
        },
    );
    assert_eq!(most, BTreeSet::from([1, 2]));
}

#[test]
fn handles_name_their_runtime() {
    passes_thread(|| {
        let runtime =
            Builder::new_current_thread().name("one").thread_name("two").build().expect("a runtime");
        assert_eq!(runtime.handle().name(), Some("one"));
        assert_eq!(runtime.handle().runtime_flavor(), RuntimeFlavor::CurrentThread);
        assert_eq!(runtime.metrics().num_workers(), 1);
        let other = workers(3);
        assert_ne!(other.handle().id(), runtime.handle().id());
        assert_eq!(other.metrics().num_workers(), 3);
        assert_eq!(other.handle().runtime_flavor(), RuntimeFlavor::MultiThread);
        let _outer = runtime.enter();
        {
            let _inner = other.enter();
            assert_eq!(Handle::current().id(), other.handle().id());
        }
        assert_eq!(Handle::current().id(), runtime.handle().id());
        let panic =
            std::panic::catch_unwind(|| drop(tokio::time::sleep(Duration::ZERO))).expect_err("no time");
        assert!(panic.downcast_ref::<String>().expect("a text").contains("timers are disabled"));
        assert_eq!(tokio::runtime::worker_index(), None);
        let index = other.block_on(async { tokio::spawn(async { tokio::runtime::worker_index() }).await });
        assert!(index.expect("returns").expect("a worker") < 3);
    });
}

#[test]
fn a_local_runtime_runs_futures_that_are_not_send() {
    passes_thread(|| {
        let runtime = LocalRuntime::new().expect("a runtime");
        let shared = Rc::new(RefCell::new(0));
        let other = shared.clone();
        runtime.block_on(async move {
            let task = tokio::task::spawn_local(async move {
                let mut value = other.borrow_mut();
                point();
                *value += 1;
            });
            {
                let mut value = shared.borrow_mut();
                point();
                *value += 1;
            }
            task.await.expect("returns");
            assert_eq!(*shared.borrow(), 2);
        });
        runtime.block_on(runtime.spawn_local(async {})).expect("returns");
    });
}

#[test]
fn threads_of_a_runtime_are_announced() {
    passes_thread(|| {
        let (started, stopped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (start, stop) = (started.clone(), stopped.clone());
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .on_thread_start(move || _ = start.fetch_add(1, Ordering::Relaxed))
            .on_thread_stop(move || _ = stop.fetch_add(1, Ordering::Relaxed))
            .build()
            .expect("a runtime");
        runtime.block_on(runtime.spawn_blocking(|| {})).expect("returns");
        drop(runtime);
        assert_eq!(started.load(Ordering::Relaxed), 3);
        assert_eq!(stopped.load(Ordering::Relaxed), 3);
    });
}

#[test]
fn two_threads_block_on_one_current_thread_runtime() {
    passes_thread(|| {
        let runtime = Arc::new(current_thread());
        let (a, b) = (Arc::new(AtomicUsize::new(0)), runtime.clone());
        let other = a.clone();
        let outer = Runtime::new().expect("a runtime");
        let second = outer.spawn_blocking(move || {
            b.block_on(async {
                other.fetch_add(1, Ordering::Relaxed);
                while other.load(Ordering::Relaxed) < 2 {
                    point();
                    yield_now().await;
                }
            });
        });
        runtime.block_on(async {
            a.fetch_add(1, Ordering::Relaxed);
            while a.load(Ordering::Relaxed) < 2 {
                point();
                yield_now().await;
            }
        });
        outer.block_on(second).expect("returns");
    });
}

#[test]
fn outside_of_an_exploration_tokio_itself_runs() {
    let started = Arc::new(AtomicUsize::new(0));
    let start = started.clone();
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("mine")
        .name("runtime")
        .on_thread_start(move || _ = start.fetch_add(1, Ordering::Relaxed))
        .enable_all()
        .build()
        .expect("a runtime");
    let name = runtime.block_on(async {
        tokio::spawn(async { std::thread::current().name().map(str::to_owned) }).await.expect("returns")
    });
    assert_eq!(name.as_deref(), Some("mine"));
    assert_eq!(runtime.handle().name(), Some("runtime"));
    assert_eq!(runtime.metrics().num_workers(), 2);
    runtime.shutdown_timeout(Duration::from_secs(5));
    assert_eq!(started.load(Ordering::Relaxed), 2);
    let local = LocalRuntime::new().expect("a runtime");
    local.block_on(async { tokio::task::spawn_local(async {}).await.expect("returns") });
    assert!(Handle::try_current().is_err());
    let _guard = local.enter();
    assert_eq!(Handle::current().id(), local.handle().id());
}
