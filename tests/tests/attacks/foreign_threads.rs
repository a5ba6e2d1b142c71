//! OS threads that are not under control, and touch what is.
#![expect(clippy::disallowed_methods, reason = "threads that are not under control are the point")]

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::thread;

use coyote::std::sync::Mutex;
use coyote::{Config, End, Explorer, Report};
use tokio::sync::{mpsc, oneshot};

const ITERATIONS: u64 = 30;

fn is_noted(report: &Report) {
    assert!(report.bug().is_none(), "{report}");
    assert!(!report.uncontrolled().is_empty(), "{report}");
    assert!(report.to_string().contains("not under control"), "{report}");
}

#[test]
fn a_waker_used_by_a_foreign_thread_wakes() {
    let report = Explorer::new(Config::new("foreign").iterations(ITERATIONS)).run(|| async {
        let shared: Arc<std::sync::Mutex<(bool, Option<Waker>)>> = Arc::default();
        let theirs = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            let waker = {
                let mut shared = theirs.lock().expect("nobody panics");
                shared.0 = true;
                shared.1.take()
            };
            waker.into_iter().for_each(Waker::wake);
        });
        poll_fn(|cx| {
            let mut shared = shared.lock().expect("nobody panics");
            shared.1 = Some(cx.waker().clone());
            if shared.0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        thread.join().expect("the thread does not panic");
    });
    is_noted(&report);
}

#[test]
fn what_a_foreign_thread_sends_arrives() {
    let report = Explorer::new(Config::new("foreign").iterations(ITERATIONS)).run(|| async {
        let (one, once) = oneshot::channel();
        let (many, mut all) = mpsc::unbounded_channel();
        thread::spawn(move || {
            (0..5).for_each(|i| many.send(i).expect("somebody listens"));
            one.send("done").expect("somebody listens");
        });
        assert_eq!(once.await, Ok("done"));
        let mut received = Vec::new();
        while let Some(i) = all.recv().await {
            received.push(i);
        }
        assert_eq!(received, [0, 1, 2, 3, 4]);
    });
    is_noted(&report);
}

#[test]
fn a_foreign_thread_may_lock_what_is_free_and_abort_tasks() {
    let report = Explorer::new(Config::new("foreign").iterations(ITERATIONS)).run(|| async {
        let lock = Arc::new(Mutex::new(0));
        let (theirs, (tell, told)) = (Arc::clone(&lock), oneshot::channel());
        let task = tokio::spawn(std::future::pending::<()>());
        let abort = task.abort_handle();
        thread::spawn(move || {
            *theirs.lock().expect("nobody panics") += 1;
            abort.abort();
            tell.send(()).expect("somebody listens");
        });
        told.await.expect("the thread tells");
        assert!(task.await.expect_err("it was aborted").is_cancelled());
        assert_eq!(*lock.lock().expect("nobody panics"), 1);
    });
    is_noted(&report);
}

/// Asserts that the run ended because a foreign thread of this name blocks in this file at this line.
#[track_caller]
fn is_blamed(report: &Report, thread: &str, line: u32) {
    let bug = report.bug().expect("the run cannot go on");
    match bug.end() {
        End::Uncontrolled(what) => {
            assert!(what.contains(thread), "{what}");
            assert!(what.contains(&format!("{}:{line}:", file!())), "{what}, but line {line}");
        }
        end => panic!("{end:?}\n{report}"),
    }
    assert!(!bug.end().is_bug());
}

#[test]
fn a_foreign_thread_that_blocks_on_a_std_mutex_is_named_with_its_line() {
    let line = line!() + 8;
    let report = Explorer::new(Config::new("foreign").iterations(ITERATIONS)).run(|| async {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let (send, receive) = oneshot::channel();
        let held = lock.lock().expect("nobody panics");
        let thread = thread::Builder::new().name("the foreigner".to_owned());
        let thread = thread.spawn(move || {
            *theirs.lock().expect("nobody panics") += 1;
            let _ = send.send(());
        });
        let _ = receive.await;
        drop(held);
        drop(thread);
    });
    is_blamed(&report, "the foreigner", line);
}

#[test]
fn a_foreign_thread_that_blocks_on_a_tokio_mutex_is_named_with_its_line() {
    let line = line!() + 8;
    let report = Explorer::new(Config::new("foreign").iterations(ITERATIONS)).run(|| async {
        let lock = Arc::new(tokio::sync::Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let (send, receive) = oneshot::channel();
        let held = lock.lock().await;
        let thread = thread::Builder::new().name("the foreigner".to_owned());
        let thread = thread.spawn(move || {
            *theirs.blocking_lock() += 1;
            let _ = send.send(());
        });
        let _ = receive.await;
        drop(held);
        drop(thread);
    });
    is_blamed(&report, "the foreigner", line);
}
