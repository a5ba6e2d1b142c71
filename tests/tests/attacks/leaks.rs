//! State that outlives an execution is noticed, and said.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use coyote::{Config, End, Explorer};

async fn yields(times: u64) {
    let other = tokio::spawn(tokio::task::yield_now());
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
    other.await.expect("no panic");
}

#[test]
fn a_static_that_changes_what_happens_is_reported_though_no_bug_was_found() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report =
        Explorer::new(Config::new("leak").iterations(50)).run(|| yields(RUNS.fetch_add(1, SeqCst).min(3)));
    assert!(report.bug().is_none(), "{report}");
    assert!(!report.is_repeatable());
    let text = report.to_string();
    assert!(text.contains("NOT REPEATABLE") && text.contains("static"), "{text}");
}

#[test]
fn a_program_without_such_state_is_repeatable() {
    let report = Explorer::new(Config::new("sound").iterations(50)).run(|| yields(3));
    assert!(report.is_repeatable(), "{report}");
}

#[test]
fn a_failure_that_depends_on_a_static_is_reported_as_not_reproducible() {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    let report = Explorer::new(Config::new("leak")).run(|| async {
        let run = RUNS.fetch_add(1, SeqCst);
        yields(run % 3).await;
        assert!(run != 5, "only once");
    });
    let bug = report.bug().expect("it fails once");
    assert!(matches!(bug.end(), End::Failed(_)));
    assert!(!bug.is_reproduced());
    let text = report.to_string();
    assert!(text.contains("NOT REPRODUCIBLE") && text.contains("static"), "{text}");
}
