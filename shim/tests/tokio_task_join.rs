//! Tasks: joining, aborting, panics, ids, yielding, sets of tasks.
#![allow(missing_docs)]

mod tokio_harness;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use coyote_engine::{End, Op, OpKind, current};
use coyote_shim::tokio;
use tokio::task::{JoinSet, yield_now};
use tokio_harness::{deadlocks, explore, fails, passes, passes_thread};

/// A scheduling point, as an operation on something shared has.
#[track_caller]
fn point() {
    current().expect("under control").point(Op::local(OpKind::Point, std::panic::Location::caller()));
}

#[test]
fn a_task_returns_its_output() {
    passes(|| async {
        let one = tokio::spawn(async { 1 });
        let two = tokio::spawn(async {
            yield_now().await;
            2
        });
        assert_eq!(two.await.expect("returns") + one.await.expect("returns"), 3);
    });
}

#[test]
fn a_lost_update_between_tasks_is_found() {
    fails("lost", || async {
        let counter = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..2)
            .map(|_| {
                let counter = counter.clone();
                tokio::spawn(async move {
                    let seen = counter.load(Ordering::Relaxed);
                    yield_now().await;
                    counter.store(seen + 1, Ordering::Relaxed);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("returns");
        }
        assert_eq!(counter.load(Ordering::Relaxed), 2, "an update was lost");
    });
}

#[test]
fn orders_of_two_tasks_vary() {
    let mut orders = BTreeSet::new();
    explore(
        100,
        || async {
            let order = Arc::new(AtomicUsize::new(0));
            let (a, b) = (order.clone(), order.clone());
            let a = tokio::spawn(async move { a.fetch_add(1, Ordering::Relaxed) });
            let b = tokio::spawn(async move { b.fetch_add(1, Ordering::Relaxed) });
            (a.await.expect("returns"), b.await.expect("returns"))
        },
        |_, _, _, output| {
            orders.insert(output);
        },
    );
    assert_eq!(orders.len(), 2, "{orders:?}");
}

#[test]
fn a_panic_is_an_error_for_whoever_joins() {
    passes(|| async {
        let handle = tokio::spawn(async { panic!("on purpose {}", std::hint::black_box(1)) });
        let id = handle.id();
        let error = handle.await.expect_err("panics");
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(error.id(), id);
        assert_eq!(error.to_string(), format!("task {id} panicked with message \"on purpose 1\""));
        assert_eq!(format!("{error:?}"), format!("JoinError::Panic({id:?}, \"on purpose 1\", ...)"));
        let payload = error.into_panic();
        assert_eq!(payload.downcast_ref::<String>().map(String::as_str), Some("on purpose 1"));
    });
}

#[test]
fn a_panic_that_nobody_joins_fails_the_test() {
    fails("unseen", || async {
        drop(tokio::spawn(async { panic!("unseen") }));
        yield_now().await;
    });
}

#[test]
fn an_aborted_task_is_cancelled_where_it_waits() {
    passes(|| async {
        let handle = tokio::spawn(std::future::pending::<()>());
        let abort = handle.abort_handle();
        assert!(!handle.is_finished() && !abort.is_finished());
        abort.abort();
        let id = handle.id();
        assert_eq!(id, abort.id());
        let error = handle.await.expect_err("aborted");
        assert!(error.is_cancelled());
        assert_eq!(error.to_string(), format!("task {id} was cancelled"));
        assert_eq!(std::io::Error::from(error).to_string(), "task was cancelled");
        assert!(abort.is_finished());
    });
}

#[test]
fn an_abort_can_come_too_late_and_too_early() {
    let mut seen = BTreeSet::new();
    explore(
        200,
        || async {
            let handle = tokio::spawn(async {
                point();
                7
            });
            handle.abort();
            handle.await.ok()
        },
        |_, _, outcome, output| {
            assert!(matches!(outcome.end, End::Completed), "{:?}", outcome.end);
            seen.insert(output.expect("completed"));
        },
    );
    assert_eq!(seen.len(), 2, "{seen:?}");
}

#[test]
fn ids_name_tasks_and_the_root_has_none() {
    passes(|| async {
        assert_eq!(tokio::task::try_id(), None);
        let handle = tokio::spawn(async { tokio::task::id() });
        let id = handle.id();
        assert_eq!(handle.await.expect("returns"), id);
        let handle = tokio::task::spawn_blocking(tokio::task::id);
        let other = handle.id();
        assert_ne!(other, id);
        assert_eq!(handle.await.expect("returns"), other);
        assert!(id.to_string().parse::<u64>().is_ok());
    });
}

#[test]
fn spawning_outside_of_a_runtime_panics_as_in_tokio() {
    passes_thread(|| {
        let panic = std::panic::catch_unwind(|| drop(tokio::spawn(async {}))).expect_err("no runtime");
        let text = panic.downcast_ref::<String>().expect("a text");
        assert_eq!(
            text,
            "there is no reactor running, must be called from the context of a Tokio 1.x runtime"
        );
        assert!(tokio::runtime::Handle::try_current().expect_err("none").is_missing_context());
    });
}

#[test]
fn blocking_closures_run_beside_tasks() {
    passes(|| async {
        let handle = tokio::task::spawn_blocking(|| {
            let inner = tokio::runtime::Handle::current();
            inner.block_on(async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                tokio::spawn(async { 4 }).await.expect("returns")
            })
        });
        assert_eq!(handle.await.expect("returns"), 4);
    });
}

#[test]
fn blocking_the_runtime_from_within_panics_as_in_tokio() {
    passes(|| async {
        let handle = tokio::spawn(async { tokio::runtime::Handle::current().block_on(async {}) });
        let error = handle.await.expect_err("nested");
        assert!(error.to_string().contains("Cannot start a runtime from within a runtime"), "{error}");
    });
}

#[test]
fn a_task_that_waits_for_itself_deadlocks() {
    deadlocks(|| async {
        let (sender, receiver) = ::tokio::sync::oneshot::channel::<tokio::task::JoinHandle<()>>();
        let handle = tokio::spawn(async move {
            if let Ok(own) = receiver.await {
                let _ = own.await;
            }
        });
        let abort = handle.abort_handle();
        assert!(sender.send(handle).is_ok());
        while !abort.is_finished() {
            std::future::pending::<()>().await;
        }
    });
}

#[test]
fn a_set_returns_results_as_tasks_end() {
    let mut orders = BTreeSet::new();
    explore(
        200,
        || async {
            let mut set = JoinSet::new();
            for i in 0..3 {
                set.spawn(async move {
                    yield_now().await;
                    i
                });
            }
            assert_eq!(set.len(), 3);
            let mut order = Vec::new();
            while let Some(result) = set.join_next().await {
                order.push(result.expect("returns"));
            }
            assert!(set.is_empty());
            order
        },
        |name, seed, outcome, output| {
            assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
            orders.insert(output);
        },
    );
    assert_eq!(orders.len(), 6, "{orders:?}");
}

#[test]
fn every_method_of_a_set_works() {
    passes(|| async {
        let mut set = JoinSet::new();
        assert!(set.try_join_next().is_none() && set.join_next().await.is_none());
        let abort = set.spawn(async { 1 });
        let (id, output) = set.join_next_with_id().await.expect("one").expect("returns");
        assert_eq!((id, output), (abort.id(), 1));
        set.spawn_blocking(|| 2);
        set.spawn_on(async { 3 }, &tokio::runtime::Handle::current());
        set.spawn_blocking_on(|| 4, &tokio::runtime::Handle::current());
        let mut all = std::mem::take(&mut set).join_all().await;
        all.sort_unstable();
        assert_eq!(all, [2, 3, 4]);
        set.spawn(std::future::pending());
        set.abort_all();
        assert!(set.join_next().await.expect("one").expect_err("aborted").is_cancelled());
        set.spawn(std::future::pending());
        set.shutdown().await;
        assert!(set.is_empty());
        set.spawn(async { 5 });
        while set.try_join_next_with_id().is_none() {
            yield_now().await;
        }
        set.spawn(async { 6 });
        set.detach_all();
        assert!(set.is_empty());
        let mut set: JoinSet<i32> = (0..3).map(|i| async move { i }).collect();
        set.extend((3..5).map(|i| async move { i }));
        assert_eq!(set.join_all().await.iter().sum::<i32>(), 10);
    });
}

#[test]
fn dropping_a_set_aborts_its_tasks() {
    passes(|| async {
        struct SetOnDrop(Arc<AtomicUsize>);
        impl Drop for SetOnDrop {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let dropped = Arc::new(AtomicUsize::new(0));
        let mut set = JoinSet::new();
        for _ in 0..2 {
            let guard = SetOnDrop(dropped.clone());
            set.spawn(async move {
                let _guard = guard;
                std::future::pending::<()>().await;
            });
        }
        drop(set);
        while dropped.load(Ordering::Relaxed) < 2 {
            yield_now().await;
        }
    });
}

#[test]
fn yielding_inside_of_combinators_wakes_their_parts() {
    passes(|| async {
        use futures::StreamExt;
        let mut parts: futures::stream::FuturesUnordered<_> = (0..3).map(|_| yield_now()).collect();
        while parts.next().await.is_some() {}
    });
}

#[test]
fn hand_polling_on_a_thread_is_not_constrained_by_a_budget() {
    passes_thread(|| {
        futures::executor::block_on(async {
            for _ in 0..300 {
                tokio::task::coop::consume_budget().await;
            }
        });
    });
}

#[test]
fn the_budget_makes_a_busy_task_yield() {
    passes(|| async {
        assert!(tokio::task::coop::has_budget_remaining());
        let mut polls = 0;
        let mut busy = std::pin::pin!(async {
            for _ in 0..300 {
                tokio::task::coop::consume_budget().await;
            }
        });
        std::future::poll_fn(|cx| {
            polls += 1;
            busy.as_mut().poll(cx)
        })
        .await;
        assert_eq!(polls, 3);
        let free = tokio::task::coop::unconstrained(async {
            for _ in 0..300 {
                tokio::task::coop::consume_budget().await;
            }
        });
        let mut free = std::pin::pin!(free);
        assert!(futures::poll!(free.as_mut()).is_ready());
    });
}

#[test]
fn an_output_that_nobody_takes_is_destroyed_as_its_task() {
    struct Output(Arc<Mutex<Option<tokio::task::Id>>>);
    impl Drop for Output {
        fn drop(&mut self) {
            *self.0.lock().expect("not poisoned") = tokio::task::try_id();
        }
    }

    passes(|| async {
        let seen = Arc::new(Mutex::new(None));
        let output = Output(Arc::clone(&seen));
        let handle = tokio::spawn(async { output });
        let id = handle.id();
        while !handle.is_finished() {
            yield_now().await;
        }
        drop(handle);
        assert_eq!(*seen.lock().expect("not poisoned"), Some(id));
        assert_eq!(tokio::task::try_id(), None);

        let output = Output(Arc::clone(&seen));
        let set = tokio::task::LocalSet::new();
        let handle = set.spawn_local(async { output });
        let id = handle.id();
        set.await;
        drop(handle);
        assert_eq!(*seen.lock().expect("not poisoned"), Some(id));
    });
}

#[test]
fn outside_of_an_exploration_tokio_itself_runs() {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let handle = tokio::spawn(async { tokio::task::id() });
        let id = handle.id();
        assert_eq!(handle.await.expect("returns"), id);
        let error = tokio::spawn(async { panic!("on purpose") }).await.expect_err("panics");
        assert!(error.is_panic());
        let mut set = JoinSet::new();
        set.spawn(async { 1 });
        set.spawn_blocking(|| 2);
        set.spawn(async {
            yield_now().await;
            3
        });
        assert_eq!(set.join_all().await.iter().sum::<i32>(), 6);
        let mut set = JoinSet::new();
        set.spawn(std::future::pending::<()>());
        set.shutdown().await;
        let handle = tokio::spawn(std::future::pending::<()>());
        handle.abort();
        assert!(handle.await.expect_err("aborted").is_cancelled());
        tokio::task::block_in_place(|| {});
        tokio::task::coop::consume_budget().await;
    });
}
