//! Task-local values and `LocalSet`s.
#![allow(missing_docs)]

mod tokio_harness;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use coyote_engine::{End, Op, OpKind, current};
use coyote_shim::tokio;
use tokio::runtime::Builder;
use tokio::task::{JoinSet, LocalSet, spawn_local, yield_now};
use tokio_harness::{explore_thread, fails, passes, passes_thread};

tokio::task_local! {
    /// A documented one.
    static NUMBER: u32;
    pub(crate) static TEXT: String;
}

/// A scheduling point, as an operation on something shared has.
#[track_caller]
fn point() {
    current().expect("under control").point(Op::local(OpKind::Point, std::panic::Location::caller()));
}

#[test]
fn values_stay_with_their_task() {
    passes(|| async {
        let tasks: Vec<_> = (0..3)
            .map(|i| {
                tokio::spawn(NUMBER.scope(i, async move {
                    for _ in 0..3 {
                        assert_eq!(NUMBER.get(), i);
                        point();
                        assert_eq!(NUMBER.with(|n| *n), i);
                        yield_now().await;
                    }
                    NUMBER.sync_scope(i + 10, || {
                        point();
                        assert_eq!(NUMBER.get(), i + 10);
                    });
                    NUMBER.scope(i + 20, async { assert_eq!(NUMBER.get(), i + 20) }).await;
                    assert_eq!(NUMBER.try_get(), Ok(i));
                }))
            })
            .collect();
        for task in tasks {
            task.await.expect("returns");
        }
        assert!(NUMBER.try_get().is_err() && TEXT.try_with(String::len).is_err());
    });
}

#[test]
fn a_value_can_be_taken_back() {
    let body = || async {
        let future = TEXT.scope("mine".to_owned(), async { TEXT.get() });
        tokio::pin!(future);
        assert_eq!(format!("{:?}", future), "TaskLocalFuture { value: \"mine\" }");
        assert_eq!(future.as_mut().await, "mine");
        assert_eq!(future.as_mut().take_value().as_deref(), Some("mine"));
        assert_eq!(future.as_mut().take_value(), None);
        assert_eq!(format!("{:?}", future), "TaskLocalFuture { value: <missing> }");
    };
    passes(body);
    futures::executor::block_on(body());
}

#[test]
fn a_scope_is_left_by_a_panic_too_and_seen_by_destructors() {
    let body = || {
        let caught = std::panic::catch_unwind(|| NUMBER.sync_scope(1, || panic!("on purpose")));
        assert!(caught.is_err() && NUMBER.try_get().is_err());
        struct Looks(Rc<Cell<u32>>);
        impl Drop for Looks {
            fn drop(&mut self) {
                self.0.set(NUMBER.get());
            }
        }
        let seen = Rc::new(Cell::new(0));
        let looks = Looks(seen.clone());
        drop(NUMBER.scope(5, async move {
            let _looks = looks;
        }));
        assert_eq!(seen.get(), 5);
        let nested = std::panic::catch_unwind(|| {
            NUMBER.sync_scope(1, || NUMBER.with(|_| NUMBER.sync_scope(2, || {})));
        });
        let text = nested.expect_err("borrowed");
        assert_eq!(
            text.downcast_ref::<&str>().copied(),
            Some("cannot enter a task-local scope while the task-local storage is borrowed")
        );
    };
    passes_thread(body);
    body();
}

#[test]
fn tasks_of_a_set_are_not_switched_but_where_they_wait() {
    passes(|| async {
        let shared = Rc::new(RefCell::new(0));
        let set = LocalSet::new();
        let other = tokio::spawn(async {
            for _ in 0..5 {
                yield_now().await;
            }
        });
        set.run_until(async {
            let tasks: Vec<_> = (0..3)
                .map(|_| {
                    let shared = shared.clone();
                    spawn_local(async move {
                        for _ in 0..2 {
                            {
                                let mut value = shared.borrow_mut();
                                point();
                                *value += 1;
                            }
                            yield_now().await;
                        }
                        tokio::task::id()
                    })
                })
                .collect();
            for task in tasks {
                let id = task.id();
                {
                    let _value = shared.borrow_mut();
                    point();
                }
                assert_eq!(task.await.expect("returns"), id);
            }
        })
        .await;
        assert_eq!(*shared.borrow(), 6);
        other.await.expect("returns");
    });
}

#[test]
fn a_race_between_tasks_of_a_set_is_found() {
    fails("lost", || async {
        let shared = Rc::new(Cell::new(0));
        LocalSet::new()
            .run_until(async {
                let mut set = JoinSet::new();
                for _ in 0..2 {
                    let shared = shared.clone();
                    set.spawn_local(async move {
                        let seen = shared.get();
                        if seen == 0 {
                            yield_now().await;
                        }
                        shared.set(seen + 1);
                    });
                }
                while set.join_next().await.is_some() {}
                assert_eq!(shared.get(), 2, "an update was lost");
            })
            .await;
    });
}

#[test]
fn a_set_works_on_runtimes_of_both_flavors_and_as_a_future() {
    let mut orders = BTreeSet::new();
    explore_thread(
        100,
        || {
            let order = Rc::new(RefCell::new(Vec::new()));
            for runtime in [Builder::new_current_thread(), Builder::new_multi_thread()].iter_mut() {
                let runtime = runtime.enable_all().build().expect("a runtime");
                let set = LocalSet::new();
                let (a, b) = (order.clone(), order.clone());
                set.spawn_local(async move { a.borrow_mut().push('a') });
                {
                    let _guard = set.enter();
                    spawn_local(async move { b.borrow_mut().push('b') });
                }
                let task = set.spawn_local(async { 3 });
                assert_eq!(set.block_on(&runtime, task).expect("returns"), 3);
                runtime.block_on(set);
            }
            order.take()
        },
        |name, seed, outcome, output| {
            assert!(matches!(outcome.end, End::Completed), "{name} {seed}: {:?}", outcome.end);
            orders.insert(output);
        },
    );
    assert!(orders.len() == 4, "{orders:?}");
}

#[test]
fn tasks_of_a_set_panic_and_are_aborted_alone() {
    passes(|| async {
        let set = LocalSet::new();
        let panics = set.spawn_local(async { panic!("on purpose") });
        let aborted = set.spawn_local(std::future::pending::<()>());
        let dropped = set.spawn_local(std::future::pending::<()>());
        aborted.abort();
        set.run_until(async {
            let error = panics.await.expect_err("panics");
            assert!(error.to_string().ends_with("panicked with message \"on purpose\""), "{error}");
            assert!(aborted.await.expect_err("aborted").is_cancelled());
            let error =
                spawn_local(async { tokio::task::block_in_place(|| {}) }).await.expect_err("not allowed");
            assert!(error.is_panic());
        })
        .await;
        assert!(!dropped.is_finished());
        drop(set);
        assert!(dropped.is_finished());
        assert!(dropped.await.expect_err("cancelled").is_cancelled());
    });
}

#[test]
fn a_panic_in_a_set_that_nobody_joins_fails_the_test() {
    fails("unseen", || async {
        LocalSet::new()
            .run_until(async {
                drop(spawn_local(async { panic!("unseen") }));
                yield_now().await;
                yield_now().await;
            })
            .await;
    });
}

#[test]
fn a_set_is_woken_from_other_tasks() {
    passes(|| async {
        let (sender, receiver) = ::tokio::sync::oneshot::channel();
        let other = tokio::spawn(async move { sender.send(5).expect("received") });
        let set = LocalSet::new();
        let task = set.spawn_local(receiver);
        set.await;
        assert_eq!(task.await.expect("returns"), Ok(5));
        other.await.expect("returns");
    });
}

#[test]
fn spawning_locally_outside_of_a_set_panics_as_in_tokio() {
    passes(|| async {
        let panic = std::panic::catch_unwind(|| drop(spawn_local(async {}))).expect_err("no set");
        let text =
            panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let expected = "`spawn_local` called from outside of a `task::LocalSet` or `runtime::LocalRuntime`";
        assert_eq!(text, Some(expected));
    });
}

#[test]
fn outside_of_an_exploration_tokio_itself_runs() {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let set = LocalSet::new();
    set.spawn_local(async {});
    let output = set.block_on(&runtime, async {
        spawn_local(NUMBER.scope(3, async {
            yield_now().await;
            NUMBER.get()
        }))
        .await
        .expect("returns")
    });
    assert_eq!(output, 3);
    runtime.block_on(set);
}
