//! Waits that end, and exchanges that fail, for no reason.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use coyote::std::sync::{Condvar, Mutex};
use coyote::std::thread;
use coyote::{Explorer, StrategySpec, Trace};

use super::{config, fails, passes};

#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

fn through(gate: &Gate, loops: bool) {
    let mut open = gate.open.lock().unwrap();
    if loops {
        open = gate.changed.wait_while(open, |open| !*open).unwrap();
    } else if !*open {
        open = gate.changed.wait(open).unwrap();
    }
    assert!(*open, "went through a closed gate");
}

pub(super) async fn one_opens(loops: bool) {
    let gate = Arc::new(Gate::default());
    let opens = Arc::clone(&gate);
    let other = thread::spawn(move || {
        *opens.open.lock().unwrap() = true;
        opens.changed.notify_all();
    });
    through(&gate, loops);
    other.join().unwrap();
}

async fn alone(retries: bool) {
    let count = AtomicU32::new(0);
    if retries {
        count.fetch_update(SeqCst, SeqCst, |count| Some(count + 1)).unwrap();
    } else {
        let _ = count.compare_exchange_weak(0, 1, SeqCst, SeqCst);
    }
    assert_eq!(count.into_inner(), 1, "it was not counted");
}

#[test]
fn a_wait_without_a_loop_is_found() {
    let report = fails(config("no-loop"), || one_opens(false));
    assert!(report.bug().unwrap().message().contains("went through a closed gate"), "{report}");
    assert!(report.to_string().contains("for no reason: a spurious wake-up or failure"), "{report}");
}

#[test]
fn a_wait_in_a_loop_passes() {
    passes(config("loop"), || one_opens(true));
}

#[test]
fn a_weak_exchange_that_is_not_tried_again_is_found() {
    let report = fails(config("one-try"), || alone(false));
    assert!(report.bug().unwrap().message().contains("it was not counted"), "{report}");
}

#[test]
fn one_that_is_tried_again_passes() {
    passes(config("tries"), || alone(true));
}

#[test]
fn nothing_happens_for_no_reason_where_that_is_switched_off() {
    passes(config("no-loop-off").spurious(false), || one_opens(false));
    passes(config("one-try-off").spurious(false), || alone(false));
}

/// Every place among the first few is come to, by systematic search, too.
#[test]
fn it_happens_at_any_of_the_first_places() {
    for at in 1..=4_u32 {
        let body = move || {
            let count = AtomicU32::new(0);
            let tries = (1..=4).filter(|_| count.compare_exchange_weak(0, 0, SeqCst, SeqCst).is_err());
            let failed: Vec<u32> = tries.collect();
            assert!(failed.len() < 2, "more than one failure");
            assert_ne!(failed, [at], "the one that was looked for");
        };
        for strategy in [StrategySpec::Portfolio, StrategySpec::Dfs(None)] {
            let report = Explorer::new(config("places").strategy(strategy)).run_sync(body);
            let bug = report.bug().unwrap_or_else(|| panic!("place {at} was not come to\n{report}"));
            assert!(bug.message().contains("the one that was looked for"), "{report}");
        }
    }
}

/// A trace that was written before there were such events is followed without them.
#[test]
fn traces_from_before_are_followed_without() {
    let body = || async {
        let gate = Arc::new(Gate::default());
        let opens = Arc::clone(&gate);
        let other = thread::spawn(move || {
            *opens.open.lock().unwrap() = true;
            opens.changed.notify_all();
        });
        through(&gate, true);
        panic!("whatever comes of it, with {other:?}");
    };
    let old = fails(config("old").spurious(false), body);
    let text = old.bug().unwrap().trace().to_string();
    assert!(!text.contains("\nspurious"), "{text}");
    let trace = Trace::parse_file(&text).unwrap();
    let again = Explorer::new(config("old")).replay(&trace, body).unwrap();
    assert!(again.bug().is_some_and(|bug| bug.is_reproduced()), "{again}");
    let new = fails(config("new"), body);
    assert!(new.bug().unwrap().trace().to_string().contains("\nspurious on\n"));
}
