//! Tasks that overflow their stack, or never come back.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs};

use coyote::{Config, Crash, End, Explorer, Report, Trace};
use coyote_tests::child;

#[expect(unconditional_recursion, reason = "meant to overflow")]
fn descends_for_ever(n: u64) -> u64 {
    std::hint::black_box([n; 64])[0] + descends_for_ever(n + 1)
}

#[inline(never)]
fn spins_for_ever() {
    let mut n = 0u64;
    loop {
        n = std::hint::black_box(n.wrapping_add(1));
    }
}

async fn with_two_tasks(body: fn()) {
    let first = tokio::spawn(async { tokio::task::yield_now().await });
    let second = tokio::spawn(async move { body() });
    first.await.expect("no panic");
    second.await.expect("no panic");
}

#[test]
fn a_stack_overflow_names_the_task_and_its_trace_replays() {
    let config = Config::new("overflow").stack_size(256 << 10);
    let body = || with_two_tasks(|| assert_eq!(descends_for_ever(0), 0));
    let report = Explorer::new(config.clone()).run(body);
    let overflow = |end: &End| match end {
        End::Crashed { task, what: Crash::StackOverflow(size) } => {
            assert_eq!(task, "main/2");
            assert!(*size >= 256 << 10, "{size}");
        }
        end => panic!("{end:?}"),
    };
    let bug = report.bug().expect("an overflow is a bug");
    overflow(bug.end());
    assert!(bug.is_reproduced(), "{report}");
    assert!(bug.message().contains("main/2") && bug.message().contains("overflow"), "{report}");
    let trace = Trace::parse_file(&bug.trace().to_string()).expect("a whole trace");
    assert!(!trace.decisions.is_empty());
    let again = Explorer::new(config).replay(&trace, body).expect("a trace of this test");
    let bug = again.bug().expect("it overflows again");
    overflow(bug.end());
    assert!(bug.is_reproduced(), "{again}");
}

#[test]
fn an_endless_loop_is_stuck_and_its_function_is_named() {
    let config = Config::new("endless").stuck_after(Duration::from_secs(1));
    let report = Explorer::new(config).run(|| with_two_tasks(spins_for_ever));
    let bug = report.bug().expect("to be stuck is a bug");
    match bug.end() {
        End::Stuck { task, stack, .. } => {
            assert_eq!(task, "main/2");
            assert!(stack.iter().any(|frame| frame.contains("spins_for_ever")), "{stack:#?}");
        }
        end => panic!("{end:?}"),
    }
    assert!(bug.is_reproduced(), "{report}");
    assert!(report.to_string().contains("spins_for_ever"), "{report}");
}

/// Where the test below has its files.
const FOLDER: &str = "COYOTE_SUITE_FOLDER";

/// What is stopped while a task is between two scheduling points: by a debugger, by Ctrl-Z, or by a machine that
/// has no processor for it.
#[test]
#[expect(clippy::disallowed_methods, reason = "a thread that nothing controls sends the signals")]
fn a_process_that_was_stopped_is_not_stuck() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("stopped");
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("the folder can be created");
    let (ready, stopped) = (folder.join("ready"), folder.join("stopped"));
    let signals = std::thread::spawn(move || {
        let id = loop {
            match fs::read_to_string(&ready) {
                Ok(id) if id.ends_with('\n') => break id.trim().to_owned(),
                _ => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        let signal = |name: &str| {
            let sent = Command::new("kill").args([name, &id]).status().expect("there is a kill command");
            assert!(sent.success(), "{name}");
        };
        signal("-STOP");
        std::thread::sleep(Duration::from_secs(4));
        fs::write(&stopped, "").expect("the file can be written");
        signal("-CONT");
    });
    let child = child::run("freezing::is_stopped", &[(FOLDER, &folder)]);
    signals.join().expect("the signals were sent");
    child.passes();
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
#[expect(clippy::disallowed_methods, reason = "the watching thread lives in real time")]
fn is_stopped() {
    let folder = PathBuf::from(child::setting(FOLDER).expect("the folder is named"));
    let body = move || {
        let (ready, stopped) = (folder.join("ready"), folder.join("stopped"));
        let passes = |time| {
            let start = Instant::now();
            while start.elapsed() < time {}
        };
        // Each time long enough for the watching thread to look.
        passes(Duration::from_millis(300));
        fs::write(&ready, format!("{}\n", std::process::id())).expect("the file can be written");
        while !stopped.exists() {}
        passes(Duration::from_millis(300));
    };
    let config = Config::new("stopped").iterations(1).stuck_after(Duration::from_secs(3));
    let report = Explorer::new(config).run_sync(body);
    assert!(report.bug().is_none(), "{report}");
}

/// Asserts that the run had to stop because a task blocks its OS thread in this file at this line.
#[track_caller]
fn is_blamed(report: &Report, task: &str, line: u32) {
    let bug = report.bug().expect("the run cannot go on");
    match bug.end() {
        End::Uncontrolled(what) => {
            assert!(what.contains(&format!("task {task} blocks")), "{what}");
            assert!(what.contains(&format!("attacks/freezing.rs:{line}:")), "{what}, but line {line}");
            assert!(what.contains("coyote::std"), "{what}");
        }
        end => panic!("{end:?}\n{report}"),
    }
}

#[test]
fn a_real_lock_that_blocks_every_task_is_no_bug_but_uncontrolled() {
    let line = line!() + 11;
    let config = Config::new("real lock").stuck_after(Duration::from_secs(1));
    let report = Explorer::new(config).run(|| async {
        let lock = Arc::new(std::sync::Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let task = tokio::spawn(async move {
            let held = theirs.lock().expect("nobody panics");
            // Switched away with the lock held.
            coyote::std::thread::yield_now();
            drop(held);
        });
        *lock.lock().expect("nobody panics") += 1;
        task.await.expect("no panic");
    });
    is_blamed(&report, "main", line);
}

#[test]
fn a_real_channel_that_blocks_every_task_is_no_bug_but_uncontrolled() {
    let line = line!() + 4;
    let config = Config::new("real channel").stuck_after(Duration::from_secs(1));
    let report = Explorer::new(config).run(|| async {
        let (send, receive) = std::sync::mpsc::channel();
        let task = tokio::task::spawn_blocking(move || receive.recv());
        tokio::task::yield_now().await;
        tokio::spawn(async move { send.send(1) }).await.expect("no panic").expect("somebody listens");
        assert_eq!(task.await.expect("no panic"), Ok(1));
    });
    is_blamed(&report, "main/1", line);
}
