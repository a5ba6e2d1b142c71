//! What is not shrunk: what the user does not want to be, and what cannot be.

use coyote::{Config, End, Explorer};
use coyote_tests::programs;

#[test]
fn a_schedule_is_reported_as_found_if_that_is_asked_for() {
    let report = programs::deadlock::PROGRAM.explore("switched_off", 0, 2000);
    let bug = report.bug().expect("a bug");
    assert!(bug.original_trace().is_none() && report.shrinking().is_none());
    assert!(bug.preemptions().count() > programs::deadlock::PROGRAM.preemptions, "{report}");
    assert!(!report.to_string().contains("shrunk"), "{report}");
}

#[test]
fn a_bug_that_does_not_repeat_is_not_shrunk() {
    static RUNS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let report = Explorer::new(Config::new("a leak")).run(|| async {
        let run = RUNS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let task = tokio::spawn(async { tokio::task::yield_now().await });
        tokio::task::yield_now().await;
        task.await.expect("the task does not panic");
        assert_ne!(run, 3, "the fourth execution fails");
    });
    let bug = report.bug().expect("a bug");
    assert!(!bug.is_reproduced() && report.shrinking().is_none(), "{report}");
}

#[test]
fn a_schedule_with_nothing_to_spare_is_kept() {
    let report = Explorer::new(Config::new("always")).run(|| async {
        tokio::task::yield_now().await;
        assert!(always(), "always");
    });
    let bug = report.bug().expect("a bug");
    assert!(matches!(bug.end(), End::Failed(_)) && bug.is_reproduced(), "{report}");
    assert!(bug.original_trace().is_none() && bug.trace().decisions.is_empty(), "{report}");
    assert!(report.to_string().contains("no task has to be held up"), "{report}");
}

/// Fails, in a way that the compiler does not see.
fn always() -> bool {
    std::hint::black_box(false)
}
