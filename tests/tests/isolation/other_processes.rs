//! Whole processes: replays, and what ends a process.

use std::sync::atomic::{AtomicU32, Ordering};

use coyote_tests::child;
use tokio::runtime::Runtime;

static STARTED: AtomicU32 = AtomicU32::new(0);

/// Fails only where a static is as it is at the beginning of a process.
#[coyote::test(isolate = "process", iterations = 100)]
#[ignore = "fails: run by another test here"]
async fn the_first_task_wins() {
    let tasks: Vec<_> = (0..3)
        .map(|number| tokio::spawn(async move { (number, STARTED.fetch_add(1, Ordering::SeqCst)) }))
        .collect();
    for task in tasks {
        let (number, at) = task.await.unwrap();
        assert!(number != 2 || at != 0, "the last task was the first");
    }
}

#[coyote::test(isolate = "process", iterations = 3)]
#[ignore = "fails: run by another test here"]
async fn ends_the_process() {
    tokio::task::yield_now().await;
    std::process::exit(7);
}

#[coyote::test(isolate = "process", iterations = 3)]
#[ignore = "fails: run by another test here"]
async fn overflows_its_stack() {
    #[expect(unconditional_recursion, reason = "a stack overflow")]
    fn deeper(depth: &std::cell::Cell<u64>) -> u64 {
        depth.set(depth.get() + 1);
        deeper(depth) + std::hint::black_box(depth).get()
    }
    deeper(&std::cell::Cell::new(0));
}

/// Plain, and wrong on some schedules.
#[test]
#[ignore = "fails on some schedules: run by another test here"]
fn answers_in_order() {
    let runtime = Runtime::new().unwrap();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    for number in 0..3 {
        let sender = sender.clone();
        runtime.spawn(async move { sender.send(number).unwrap() });
    }
    let first = runtime.block_on(receiver.recv());
    assert_ne!(first, Some(2), "the last answer came first");
}

#[test]
fn a_failure_replays_in_any_process() {
    let test = "other_processes::the_first_task_wins";
    let folder = std::env::temp_dir().join(format!("coyote-isolation-{}", std::process::id()));
    let found = child::run(test, &[("COYOTE_OUT", folder.as_os_str())]);
    found.fails_with(&["the last task was the first", "replay it with:"]);
    assert!(!found.stderr.contains("NOT REPRODUCIBLE"), "{found:#?}");
    let trace = folder.join("isolation.other_processes.the_first_task_wins");
    let trace = trace.join("isolation.other_processes.the_first_task_wins.trace");
    for _ in 0..3 {
        let again = child::run(test, &[("COYOTE_REPLAY", trace.as_os_str())]);
        again.fails_with(&["coyote: replayed", "the last task was the first"]);
        assert!(!again.stderr.contains("not in the very execution"), "{again:#?}");
    }
}

#[test]
fn what_ends_a_process_ends_one_execution() {
    let child = child::run::<&str>("other_processes::ends_the_process", &[]);
    child.fails_with(&["task main crashed: it ended the process with code 7"]);
    let child = child::run::<&str>("other_processes::overflows_its_stack", &[]);
    child.fails_with(&["task main crashed: its stack of", "replay it with:"]);
}

#[test]
fn a_plain_test_is_run_on_many_schedules() {
    let child = child::run("other_processes::answers_in_order", &[("COYOTE_ISOLATE", "process")]);
    child.fails_with(&["the last answer came first", "COYOTE_SEED"]);
}
