use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicBool, Ordering};
use coyote::{End, Explorer, Livelock};
use tokio::runtime::Builder;

/// On one worker, a task waits for another without ever letting it run.
fn waits_in_one_poll(yields: bool) {
    let done = Arc::new(AtomicBool::new(false));
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let other = tokio::spawn({
            let done = Arc::clone(&done);
            async move { done.store(true, Ordering::SeqCst) }
        });
        while !done.load(Ordering::SeqCst) {
            if yields {
                tokio::task::yield_now().await;
            }
        }
        other.await.expect("nobody panics");
    });
}

#[test]
fn a_poll_that_never_ends_starves_its_worker() {
    let config = crate::config("starves").iterations(5);
    let report = Explorer::new(config.clone()).run_sync(|| waits_in_one_poll(false));
    let bug = report.bug().unwrap_or_else(|| panic!("{report}"));
    let End::Livelock(Livelock::Starved { task, by, steps }) = bug.end() else { panic!("{report}") };
    assert_eq!(task, "main/1");
    assert_eq!(by, &["main"]);
    assert!(*steps >= 10_000, "{steps}");
    assert!(bug.is_reproduced(), "{report}");
    let again =
        Explorer::new(config).replay_sync(bug.trace(), || waits_in_one_poll(false)).expect("its own trace");
    assert_eq!(again.bug().map(|bug| bug.message()), Some(bug.message()));
}

#[test]
fn one_that_lets_others_go_first_does_not() {
    let report = Explorer::new(crate::config("yields")).run_sync(|| waits_in_one_poll(true));
    assert!(report.bug().is_none(), "{report}");
}
