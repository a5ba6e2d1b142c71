//! Frames that cannot be unwound.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use coyote::{Config, Crash, End, Explorer};

extern "C" fn through_c(lock: &Mutex<u32>, panics: bool) {
    *lock.lock().expect("nobody panics with the lock held") += 1;
    assert!(!panics, "inside of C");
}

#[test]
fn a_task_that_ends_inside_a_c_frame_is_abandoned_and_the_next_executions_are_sound() {
    let report = Explorer::new(Config::new("c").iterations(200)).run(|| async {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        tokio::spawn(async move { (0..20).for_each(|_| through_c(&theirs, false)) });
        let mine = Arc::new(Mutex::new(0));
        for _ in 0..3 {
            *mine.lock().expect("nobody panics") += 1;
        }
        assert!(!std::thread::panicking());
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.statistics().abandoned > 0, "{report}");
    assert!(report.is_repeatable(), "{report}");
}

#[test]
fn a_panic_that_reaches_a_c_frame_is_the_crash_it_is_in_production() {
    let report = Explorer::new(Config::new("c")).run(|| async {
        let lock = Arc::new(Mutex::new(0));
        let task = tokio::spawn(async move { through_c(&lock, true) });
        let _ = task.await;
    });
    let bug = report.bug().expect("the process would abort");
    assert!(bug.is_reproduced(), "{report}");
    match bug.end() {
        End::Crashed { task, what: Crash::Abort(message) } => {
            assert_eq!(task, "main/1");
            assert!(message.contains("inside of C"), "{message}");
        }
        end => panic!("{end:?}"),
    }
}
