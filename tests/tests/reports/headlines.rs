//! A report is headed by the panic that the others follow from, wherever the execution ended.

use coyote::std::sync::Mutex;
use coyote::std::thread;
use coyote::tokio;
use coyote::tokio::sync::mpsc;
use coyote::{Config, End, Explorer, Report};
use std::sync::Arc;

use super::explored;

fn headline(report: &Report) -> String {
    let message = report.bug().expect("a bug").message();
    assert_eq!(report.recorded().expect("a recording").end.message, message);
    message
}

/// Lets others go on while it is destroyed.
struct Yields;

impl Drop for Yields {
    fn drop(&mut self) {
        thread::yield_now();
    }
}

/// Panics with a lock that another task waits for, whose handle is dropped; that one may panic before this one has
/// unwound.
async fn poisons() {
    let lock = Arc::new(Mutex::new(()));
    let _yields = Yields;
    let guard = lock.lock().unwrap();
    let theirs = Arc::clone(&lock);
    let _unseen = tokio::spawn(async move { drop(theirs.lock().unwrap()) });
    tokio::task::yield_now().await;
    let _held = guard;
    panic!("on purpose");
}

#[test]
fn a_panic_that_poisons_a_lock_comes_before_those_of_the_poison() {
    let mut ended_elsewhere = 0;
    for seed in 0..20 {
        let report =
            Explorer::new(Config::new("poisons").iterations(1).seed(seed).shrink(false)).run(poisons);
        let headline = headline(&report);
        assert!(headline.starts_with("task main panicked at tests/tests/reports/headlines.rs:"), "{report}");
        assert!(headline.ends_with(": on purpose"), "{report}");
        let End::Failed(failure) = report.bug().expect("a bug").end() else { panic!("{report}") };
        if failure.task == "main/1" {
            ended_elsewhere += 1;
            assert!(failure.panic.message.contains("PoisonError"), "{report}");
            assert!(report.to_string().contains("  which was passed on to main/1 at "), "{report}");
        }
    }
    assert!(ended_elsewhere > 0, "the other task was always later");
}

#[test]
fn a_joined_thread_tells_what_it_panicked_with() {
    let report = Explorer::new(Config::new("thread")).run_sync(|| {
        thread::spawn(|| panic!("the file is gone")).join().unwrap();
    });
    let headline = headline(&report);
    assert!(headline.starts_with("task main/1 panicked at tests/tests/reports/headlines.rs:"), "{report}");
    assert!(headline.ends_with(": the file is gone"), "{report}");
    assert!(!report.to_string().contains("Any {"), "{report}");
}

#[test]
fn a_panic_passed_on_twice_is_told_once() {
    let report = explored("twice", || async {
        let dealt_with = tokio::spawn(async { panic!("dealt with") });
        assert!(dealt_with.await.is_err());
        let outer =
            tokio::spawn(async { tokio::spawn(async { panic!("said \"no\"\ntwice") }).await.unwrap() });
        outer.await.unwrap();
    });
    let headline = headline(&report);
    assert!(headline.starts_with("task main/2/1 panicked at tests/tests/reports/headlines.rs:"), "{report}");
    assert!(headline.ends_with(": said \"no\"\ntwice"), "{report}");
    let text = report.to_string();
    assert!(
        text.contains("  before that, task main/1 panicked at tests/tests/reports/headlines.rs:"),
        "{report}"
    );
    assert!(text.contains("  which was passed on to main/2 at "), "{report}");
}

#[test]
fn a_panic_that_was_dealt_with_does_not_head_another() {
    let report = explored("dealt-with", || async {
        assert!(tokio::spawn(async { panic!("dealt with") }).await.is_err());
        panic!("something else");
    });
    assert!(headline(&report).ends_with(": something else"), "{report}");
}

#[test]
fn a_panic_that_leaves_others_waiting_comes_before_the_deadlock() {
    let report = explored("no-reply", || async {
        let (sender, mut receiver) = mpsc::channel::<u32>(1);
        let theirs = sender.clone();
        let _kept = tokio::spawn(async move {
            let reply = "nothing".parse();
            theirs.send(reply.unwrap()).await.unwrap();
        });
        receiver.recv().await.unwrap();
        drop(sender);
    });
    assert!(matches!(report.bug().expect("a bug").end(), End::Deadlock(_)), "{report}");
    let headline = headline(&report);
    assert!(headline.starts_with("task main/1 panicked at tests/tests/reports/headlines.rs:"), "{report}");
    assert!(headline.ends_with("\nthen deadlock: main waits, and nothing can run any more"), "{report}");
}

/// The same, with a panic that was seen: what comes after it is another matter.
#[test]
fn a_panic_that_was_dealt_with_does_not_head_a_deadlock() {
    let report = explored("no-reply-either", || async {
        let (_sender, mut receiver) = mpsc::channel::<u32>(1);
        assert!(tokio::spawn(async { panic!("dealt with") }).await.is_err());
        receiver.recv().await.unwrap();
    });
    assert!(headline(&report).starts_with("deadlock: main waits"), "{report}");
}
