//! Values that belong to a task or a thread, and code that no other task may interrupt.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use coyote::{Config, Explorer, Lanes, Report};

tokio::task_local! {
    static NUMBER: u32;
}

coyote::std::thread_local! {
    static OWN: Cell<u32> = const { Cell::new(0) };
    static LIST: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

fn is_clean(report: &Report) {
    assert!(report.bug().is_none(), "{report}");
    assert!(report.is_repeatable(), "{report}");
    assert!(report.statistics().classes > 10, "{report}");
}

#[test]
fn a_task_local_is_the_tasks_own_after_switches_inside_a_poll() {
    let report = Explorer::new(Config::new("task_local")).run(|| async {
        let shared = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (1..4)
            .map(|number| {
                let shared = Arc::clone(&shared);
                tokio::spawn(NUMBER.scope(number, async move {
                    for _ in 0..2 {
                        shared.fetch_add(1, SeqCst);
                        assert_eq!(NUMBER.get(), number);
                        NUMBER.sync_scope(number * 10, || {
                            shared.fetch_add(1, SeqCst);
                            assert_eq!(NUMBER.get(), number * 10);
                        });
                        tokio::task::yield_now().await;
                        assert_eq!(NUMBER.get(), number);
                    }
                }))
            })
            .collect();
        shared.fetch_add(1, SeqCst);
        assert!(NUMBER.try_with(|_| ()).is_err());
        for task in tasks {
            task.await.expect("no panic");
        }
    });
    is_clean(&report);
}

#[test]
fn a_thread_local_is_the_threads_own_and_fresh_in_every_execution() {
    let report = Explorer::new(Config::new("thread_local")).run_sync(|| {
        let shared = Arc::new(AtomicU32::new(0));
        assert_eq!(OWN.get(), 0);
        OWN.set(100);
        let threads: Vec<_> = (1..4)
            .map(|number| {
                let shared = Arc::clone(&shared);
                coyote::std::thread::spawn(move || {
                    assert_eq!(OWN.get(), 0);
                    OWN.set(number);
                    LIST.with_borrow_mut(|list| {
                        // Held across a point: another thread's list is another list.
                        shared.fetch_add(1, SeqCst);
                        list.push(number);
                    });
                    shared.fetch_add(1, SeqCst);
                    assert_eq!(OWN.get(), number);
                    LIST.with_borrow(|list| assert_eq!(list, &[number]));
                })
            })
            .collect();
        shared.fetch_add(1, SeqCst);
        threads.into_iter().for_each(|thread| thread.join().expect("no panic"));
        assert_eq!(OWN.get(), 100);
    });
    is_clean(&report);
}

async fn borrow_across_points() {
    let list = Rc::new(RefCell::new(Vec::new()));
    let shared = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..3)
        .map(|number| {
            let (list, shared) = (Rc::clone(&list), Arc::clone(&shared));
            tokio::task::spawn_local(async move {
                for _ in 0..2 {
                    {
                        let mut list = list.borrow_mut();
                        shared.fetch_add(1, SeqCst);
                        list.push(number);
                        shared.fetch_add(1, SeqCst);
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
    assert_eq!(list.borrow().len(), 6);
}

#[test]
fn a_ref_cell_held_across_a_point_is_never_found_borrowed_by_a_lane_mate() {
    for lanes in [Lanes::CurrentThread, Lanes::Unlimited, Lanes::Workers(2)] {
        let report = Explorer::new(Config::new("ref_cell").lanes(lanes)).run(|| async {
            tokio::task::LocalSet::new().run_until(borrow_across_points()).await;
        });
        is_clean(&report);
    }
}

#[test]
fn tasks_of_a_current_thread_runtime_do_not_interleave_inside_a_poll() {
    let report = Explorer::new(Config::new("lane").lanes(Lanes::CurrentThread)).run(|| async {
        let inside = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..3)
            .map(|_| {
                let inside = Arc::clone(&inside);
                tokio::spawn(async move {
                    for _ in 0..2 {
                        assert_eq!(inside.fetch_add(1, SeqCst), 0);
                        assert_eq!(inside.fetch_sub(1, SeqCst), 1);
                        tokio::task::yield_now().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
    });
    is_clean(&report);
}
