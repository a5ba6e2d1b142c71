//! Tasks that overflow, crash, never come back, or are touched by foreign threads.
#![allow(missing_docs, clippy::disallowed_methods)]

use std::future::poll_fn;
use std::panic::Location;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

use coyote_engine::strategy::{Random, Strategy};
use coyote_engine::trace::Repeat;
use coyote_engine::*;

fn spawn<F: Future>(future: F) -> TaskHandle<F::Output> {
    let location = Location::caller();
    let spawn = Spawn { is_thread: false, name: Some("worker".into()), lane: LaneId::UNLIMITED, location };
    let ex = current().expect("under control");
    let handle = ex.create(future, spawn);
    ex.point(Op::local(OpKind::Spawn, location));
    handle
}

async fn join<T>(handle: TaskHandle<T>) -> Result<T, TaskError> {
    poll_fn(|cx| handle.poll_join(cx.waker())).await
}

fn watch<T: Send + 'static>(
    after: Duration,
    job: impl FnOnce(&mut Runner) -> T + Send + 'static,
) -> Supervised<T> {
    supervise(Options { stack_size: 256 << 10, ..Options::default() }, after, job)
}

fn frozen<T>(supervised: Supervised<T>) -> Frozen {
    match supervised {
        Supervised::Frozen(frozen) => *frozen,
        Supervised::Done(_) => panic!("the task was to be frozen"),
    }
}

#[expect(unconditional_recursion, reason = "meant to overflow")]
fn descend(n: u64) -> u64 {
    std::hint::black_box([n; 64])[0] + descend(n + 1)
}

fn run(runner: &mut Runner, strategy: &mut (dyn Strategy + 'static), body: fn()) -> Outcome {
    let root = async move || {
        let one = spawn(async { 1 });
        let two = spawn(async move { body() });
        let _ = join(one).await;
        let _ = join(two).await;
    };
    runner.run_async(strategy, 7, false, Location::caller(), root).0
}

#[test]
fn an_overflow_names_the_task_and_leaves_the_schedule() {
    let body: fn() = || {
        std::hint::black_box(descend(0));
    };
    let first = frozen(watch(Duration::from_secs(60), move |runner| run(runner, &mut Random::new(), body)));
    assert!(
        matches!(&first.outcome.end, End::Crashed { task, what: Crash::StackOverflow(size) }
            if task == "main/2 \"worker\"" && *size >= 256 << 10),
        "{:?}",
        first.outcome.end
    );
    assert!(!first.decisions.is_empty());
    let decisions = first.decisions.clone();
    let again =
        frozen(watch(Duration::from_secs(60), move |runner| run(runner, &mut Repeat::new(decisions), body)));
    assert_eq!(again.decisions, first.decisions);
    assert_eq!(again.outcome.fingerprint, first.outcome.fingerprint);
}

#[test]
fn an_abort_names_the_task() {
    let frozen = frozen(watch(Duration::from_secs(60), |runner| {
        run(runner, &mut Random::new(), || std::process::abort())
    }));
    assert!(matches!(&frozen.outcome.end, End::Crashed { task, what: Crash::Signal(name) }
        if task.starts_with("main/2") && name.starts_with("SIGABRT")));
}

#[test]
fn an_endless_loop_is_stuck_and_its_stack_is_shown() {
    #[inline(never)]
    fn spins_for_ever() {
        let mut n = 0u64;
        loop {
            n = std::hint::black_box(n.wrapping_add(1));
        }
    }
    let frozen =
        frozen(watch(Duration::from_millis(300), |runner| run(runner, &mut Random::new(), spins_for_ever)));
    match frozen.outcome.end {
        End::Stuck { task, stack, .. } => {
            assert!(task.starts_with("main/2"));
            assert!(stack.iter().any(|frame| frame.contains("spins_for_ever")), "{stack:#?}");
        }
        end => panic!("{end:?}"),
    }
}

#[test]
fn a_drop_that_panics_while_unwinding_is_a_crash_and_the_run_goes_on_to_its_end() {
    struct Bad;
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("again");
        }
    }
    let done = watch(Duration::from_secs(60), |runner| {
        let first = run(runner, &mut Random::new(), || {
            let _bad = Bad;
            panic!("once");
        });
        // The runner can be used again.
        (first, run(runner, &mut Random::new(), || ()))
    });
    match done {
        Supervised::Done((first, second)) => {
            assert!(matches!(first.end, End::Crashed { what: Crash::Abort(_), .. }), "{:?}", first.end);
            assert_eq!(first.abandoned, 1);
            assert!(matches!(second.end, End::Completed), "{:?}", second.end);
        }
        Supervised::Frozen(frozen) => panic!("{frozen:?}"),
    }
}

#[test]
fn a_wake_from_a_foreign_thread_is_delivered_and_noted() {
    let done = watch(Duration::from_secs(60), |runner| {
        let root = || async {
            let shared: Arc<Mutex<(bool, Option<Waker>)>> = Arc::default();
            let theirs = Arc::clone(&shared);
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(50));
                let waker = {
                    let mut shared = theirs.lock().expect("not poisoned");
                    shared.0 = true;
                    shared.1.take()
                };
                waker.into_iter().for_each(Waker::wake);
            });
            poll_fn(|cx| {
                let mut shared = shared.lock().expect("not poisoned");
                if shared.0 {
                    return Poll::Ready(());
                }
                shared.1 = Some(cx.waker().clone());
                Poll::Pending
            })
            .await;
        };
        runner.run_async(&mut Random::new(), 1, false, Location::caller(), root).0
    });
    match done {
        Supervised::Done(outcome) => {
            assert!(matches!(outcome.end, End::Completed), "{:?}", outcome.end);
            assert!(!outcome.notes.uncontrolled.is_empty());
        }
        Supervised::Frozen(frozen) => panic!("{frozen:?}"),
    }
}

#[test]
fn a_body_that_catches_every_panic_is_abandoned_and_counted() {
    let done = watch(Duration::from_secs(60), |runner| {
        let root = || async {
            drop(spawn(async {
                loop {
                    let _ = std::panic::catch_unwind(|| {
                        current().expect("under control").point(Op::local(OpKind::Point, Location::caller()));
                    });
                }
            }));
            for _ in 0..10 {
                current().expect("under control").point(Op::local(OpKind::Point, Location::caller()));
            }
        };
        (0..20)
            .map(|seed| runner.run_async(&mut Random::new(), seed, false, Location::caller(), root).0)
            .collect::<Vec<_>>()
    });
    match done {
        Supervised::Done(outcomes) => {
            assert!(outcomes.iter().all(|outcome| matches!(outcome.end, End::Completed)), "{outcomes:?}");
            assert!(outcomes.iter().any(|outcome| outcome.abandoned == 1));
        }
        Supervised::Frozen(frozen) => panic!("{frozen:?}"),
    }
}

#[test]
fn a_c_frame_in_the_way_of_unwinding_is_abandoned_and_counted() {
    extern "C" fn through_c() {
        current().expect("under control").point(Op::local(OpKind::Point, Location::caller()));
    }
    let done = watch(Duration::from_secs(60), |runner| {
        let root = || async {
            drop(spawn(async { (0..100).for_each(|_| through_c()) }));
            for _ in 0..10 {
                current().expect("under control").point(Op::local(OpKind::Point, Location::caller()));
            }
        };
        (0..20)
            .map(|seed| runner.run_async(&mut Random::new(), seed, false, Location::caller(), root).0)
            .collect::<Vec<_>>()
    });
    match done {
        Supervised::Done(outcomes) => {
            assert!(outcomes.iter().all(|outcome| matches!(outcome.end, End::Completed)), "{outcomes:?}");
            assert!(outcomes.iter().any(|outcome| outcome.abandoned == 1));
        }
        Supervised::Frozen(frozen) => panic!("{frozen:?}"),
    }
}
