//! Within a task, a future is waited for with `futures::executor::block_on`: that blocks the worker.
//! The mistake: to do so on a runtime with only one, while the answer comes from another task of that runtime.

use coyote::{Config, End, Explorer};

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::cell::Cell;

    use tokio::runtime::{Builder, Runtime};
    use tokio::sync::oneshot;

    std::thread_local! {
        static ASKING: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn workers(count: usize) -> Runtime {
        Builder::new_multi_thread().worker_threads(count).build().unwrap()
    }

    pub(super) fn current_thread() -> Runtime {
        Builder::new_current_thread().build().unwrap()
    }

    pub(super) fn ask(runtime: Runtime) {
        let (sender, answer) = oneshot::channel();
        runtime.block_on(async {
            let asking = tokio::spawn(async {
                ASKING.set(true);
                let answer = futures::executor::block_on(async {
                    assert!(ASKING.get(), "it is polled on the thread that blocks");
                    answer.await.unwrap()
                });
                ASKING.set(false);
                answer
            });
            let answering = tokio::spawn(async move { sender.send(42).unwrap() });
            assert_eq!(asking.await.unwrap(), 42);
            answering.await.unwrap();
        });
    }

    // The first may be sent while the second is waited for.
    pub(super) fn wait_for_both() {
        current_thread().block_on(async {
            let (first, one) = oneshot::channel();
            let (second, two) = oneshot::channel();
            let sender = std::thread::spawn(move || {
                first.send(1).unwrap();
                second.send(2).unwrap();
            });
            let blocked = async { futures::executor::block_on(two).unwrap() };
            let (one, two) = tokio::join!(one, blocked);
            assert_eq!((one.unwrap(), two), (1, 2));
            sender.join().unwrap();
        });
    }
}

use program::{ask, current_thread, wait_for_both, workers};

#[test]
fn another_worker_runs_who_answers() {
    threads(|| ask(workers(2))).passes();
}

#[test]
fn the_only_worker_is_blocked_for_ever() {
    threads(|| ask(workers(1))).deadlocks();
    threads(|| ask(current_thread())).deadlocks();
}

#[test]
fn the_report_says_who_blocks_the_worker() {
    let report = Explorer::new(Config::new("executor_on_worker")).run_sync(|| ask(workers(1)));
    let bug = report.bug().expect("it is found");
    let End::Deadlock(deadlock) = bug.end() else { panic!("{report}") };
    let [starved] = &deadlock.starved[..] else { panic!("{report}") };
    assert_eq!((starved.workers, starved.blocked.len(), starved.ready.len()), (1, 1, 1), "{report}");
    assert_ne!(starved.blocked, starved.ready);
}

#[test]
fn a_wake_up_for_the_future_around_is_kept() {
    threads(wait_for_both).passes();
}
