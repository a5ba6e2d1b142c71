//! A replay of a program that has changed tells where the two part.

use std::sync::Arc;

use coyote::{Config, Divergence, End, Explorer, Report};
use tokio::sync::Mutex;

fn explorer() -> Explorer {
    Explorer::new(Config::new("a test"))
}

async fn as_recorded() {
    let number = Arc::new(Mutex::new(0));
    let theirs = Arc::clone(&number);
    let task = tokio::spawn(async move { *theirs.lock().await += 1 });
    let first = *number.lock().await;
    tokio::task::yield_now().await;
    *number.lock().await = first + 1;
    task.await.expect("the task does not panic");
    assert_eq!(*number.lock().await, 2, "an addition was lost");
}

fn divergence(report: &Report) -> &Divergence {
    match report.replayed_end() {
        Some(End::Diverged(divergence)) => divergence,
        end => panic!("{end:?}"),
    }
}

fn mentions(report: &Report, parts: &[&str]) {
    let text = report.to_string();
    parts.iter().for_each(|part| assert!(text.contains(part), "no {part:?} in:\n{text}"));
}

#[test]
fn an_operation_that_is_new_is_named_with_the_one_expected_and_both_places() {
    let trace = explorer().run(as_recorded).bug().expect("the bug is found").trace().clone();
    let expected = &trace.decisions[0];
    let line = line!() + 4;
    let changed = || async {
        let number = Arc::new(tokio::sync::RwLock::new(0));
        let theirs = Arc::clone(&number);
        let task = tokio::spawn(async move { *theirs.write().await += 1 });
        let first = *number.read().await;
        task.await.expect("the task does not panic");
        assert_eq!(first, 2);
    };
    let report = explorer().replay(&trace, changed).expect("a trace of this test");
    let divergence = divergence(&report);
    assert!(report.bug().is_none());
    assert!((1..=trace.decisions.len()).contains(&divergence.step), "{divergence}");
    let step = &trace.decisions[divergence.step - 1];
    assert!(divergence.expected.contains(&step.op), "{divergence} but {step:?}");
    assert!(divergence.expected.contains(&step.location), "{divergence} but {step:?}");
    assert!(divergence.found.contains("RwLock"), "{divergence}");
    let places = [line, line + 1, line + 2].map(|line| format!("{}:{line}:", file!()));
    assert!(places.iter().any(|place| divergence.found.contains(place)), "{divergence} but {places:?}");
    assert_eq!(expected.alternatives, 2);
    mentions(&report, &["left the trace at decision", "The usual causes", "static"]);
}

#[test]
fn a_program_that_goes_on_after_the_end_of_the_trace_diverges_there() {
    let trace = explorer().run(as_recorded).bug().expect("the bug is found").trace().clone();
    let longer = || async {
        let number = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&number);
        let task = tokio::spawn(async move { *theirs.lock().await += 1 });
        let first = *number.lock().await;
        tokio::task::yield_now().await;
        *number.lock().await = first + 1;
        task.await.expect("the task does not panic");
        let more = tokio::spawn(tokio::task::yield_now());
        tokio::task::yield_now().await;
        more.await.expect("the task does not panic");
    };
    let report = explorer().replay(&trace, longer).expect("a trace of this test");
    let divergence = divergence(&report);
    assert_eq!(divergence.expected, "the end of the trace");
    assert_eq!(divergence.step, trace.decisions.len() + 1);
    assert!(divergence.found.contains(file!()), "{divergence}");
}

#[test]
fn a_bug_that_is_gone_is_neither_a_divergence_nor_a_bug() {
    let trace = explorer().run(as_recorded).bug().expect("the bug is found").trace().clone();
    let tolerant = || async {
        let number = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&number);
        let task = tokio::spawn(async move { *theirs.lock().await += 1 });
        let first = *number.lock().await;
        tokio::task::yield_now().await;
        *number.lock().await = first + 1;
        task.await.expect("the task does not panic");
        assert!(*number.lock().await > 0);
    };
    let report = explorer().replay(&trace, tolerant).expect("a trace of this test");
    assert!(report.bug().is_none());
    assert!(matches!(report.replayed_end(), Some(End::Completed)), "{report}");
    mentions(&report, &["the bug is gone"]);
}

#[test]
fn a_choice_among_more_values_is_a_divergence_that_tells_both() {
    let choosing = |n: u32| move || async move { assert!(coyote::choose(n) != 1, "the wrong value") };
    let trace = explorer().run(choosing(2)).bug().expect("the bug is found").trace().clone();
    let report = explorer().replay(&trace, choosing(3)).expect("a trace of this test");
    let divergence = divergence(&report);
    assert_eq!(divergence.step, 1);
    assert!(divergence.expected.contains("choose"), "{divergence}");
    assert!(divergence.expected.contains(file!()), "{divergence}");
    assert!(divergence.found.starts_with("a choice among 3 values by main at "), "{divergence}");
    assert!(divergence.found.contains(file!()), "{divergence}");
}
