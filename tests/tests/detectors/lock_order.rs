//! Circles in the order of locks: predicted, and then looked for.

use std::sync::Arc;

use coyote::std::sync::{Mutex, RwLock};
use coyote::std::thread;
use coyote::{Config, Detector, Explorer, StrategySpec, tokio};

use super::{config, fails, passes};

/// In turn, the two never meet.
pub(super) fn in_turn(config: Config) -> Config {
    config.iterations(20).strategy(StrategySpec::RoundRobin)
}

fn rarely(name: &str) -> Config {
    in_turn(config(name))
}

type Locks = Arc<(Mutex<u32>, Mutex<u32>)>;

fn up(locks: &Locks) {
    let _one = locks.0.lock().unwrap();
    *locks.1.lock().unwrap() += 1;
}

fn down(locks: &Locks) {
    let _one = locks.1.lock().unwrap();
    *locks.0.lock().unwrap() += 1;
}

/// The second begins late.
async fn up_and_down(second: fn(&Locks), orders: bool) {
    let locks = Locks::default();
    let theirs = Arc::clone(&locks);
    let first = thread::spawn(move || up(&theirs));
    if orders {
        first.join().unwrap();
        return thread::spawn(move || second(&locks)).join().unwrap();
    }
    let late = thread::spawn(move || {
        for _ in 0..20 {
            thread::yield_now();
        }
        second(&locks);
    });
    first.join().unwrap();
    late.join().unwrap();
}

pub(super) async fn circle() {
    up_and_down(down, false).await;
}

pub(super) async fn no_circle() {
    up_and_down(up, false).await;
}

#[test]
fn a_circle_is_steered_to() {
    let report = fails(rarely("circle"), circle);
    let bug = report.bug().unwrap();
    assert_eq!(bug.trace().strategy, "steered", "{report}");
    assert!(bug.message().contains(" wait for each other"), "{report}");
}

#[test]
fn it_is_not_found_where_that_is_switched_off() {
    let report = passes(rarely("off").lock_order(false), || up_and_down(down, false));
    assert!(report.warnings().is_empty(), "{report}");
}

#[test]
fn locks_in_one_order_pass() {
    let report = passes(config("one-order"), no_circle);
    assert!(report.warnings().is_empty(), "{report}");
}

#[test]
fn what_comes_after_a_join_is_no_circle() {
    let report = passes(config("joined"), || up_and_down(down, true));
    assert!(report.warnings().is_empty(), "{report}");
}

#[test]
fn a_common_gate_forbids_the_circle() {
    let body = || {
        let gate = Arc::new(Mutex::new(()));
        let locks = Locks::default();
        let threads = [up, down].map(|takes: fn(&Locks)| {
            let (gate, locks) = (Arc::clone(&gate), Arc::clone(&locks));
            thread::spawn(move || {
                let _gate = gate.lock().unwrap();
                takes(&locks);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    };
    let report = Explorer::new(config("gate")).run_sync(body);
    assert!(report.bug().is_none() && report.warnings().is_empty(), "{report}");
}

#[test]
fn readers_share() {
    let body = || {
        let locks = Arc::new((RwLock::new(0), RwLock::new(0)));
        let threads = [false, true].map(|swapped| {
            let locks = Arc::clone(&locks);
            thread::spawn(move || {
                let (one, two) = if swapped { (&locks.1, &locks.0) } else { (&locks.0, &locks.1) };
                let _one = one.read().unwrap();
                drop(two.read().unwrap());
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    };
    let report = Explorer::new(config("readers")).run_sync(body);
    assert!(report.bug().is_none() && report.warnings().is_empty(), "{report}");
}

/// A flag that no clock knows of keeps the two apart.
#[test]
fn a_circle_that_cannot_be_come_to_is_a_warning() {
    let body = || {
        let (locks, turn) = (Locks::default(), Arc::new(Mutex::new(false)));
        let (theirs, taken) = (Arc::clone(&locks), Arc::clone(&turn));
        let first = thread::spawn(move || {
            let mut done = taken.lock().unwrap();
            if !*done {
                *done = true;
                drop(done);
                up(&theirs);
            }
        });
        let may = {
            let mut done = turn.lock().unwrap();
            !std::mem::replace(&mut *done, true)
        };
        if may {
            down(&locks);
        }
        first.join().unwrap();
    };
    let report = Explorer::new(config("either")).run_sync(body);
    assert!(report.bug().is_none() && report.warnings().is_empty(), "one of them only\n{report}");
}

#[test]
fn tasks_with_tokio_locks_are_steered_too() {
    type Locks = Arc<(tokio::sync::Mutex<u32>, tokio::sync::Mutex<u32>)>;
    let report = fails(rarely("tokio"), || async {
        let locks = Locks::default();
        let theirs = Arc::clone(&locks);
        let first = tokio::spawn(async move {
            let _one = theirs.0.lock().await;
            *theirs.1.lock().await += 1;
        });
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        {
            let _one = locks.1.lock().await;
            *locks.0.lock().await += 1;
        }
        first.await.unwrap();
    });
    assert_eq!(report.bug().unwrap().trace().strategy, "steered", "{report}");
}

/// Without a preemption only whoever is first takes two locks, so no execution shows both orders.
#[test]
fn orders_of_different_executions_make_a_circle() {
    use coyote::std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    let body = || async {
        let (one, two) = (Mutex::new(0), Mutex::new(0));
        let shared = Arc::new((one, two, AtomicBool::new(false)));
        let takes = |is_first: bool| {
            let shared = Arc::clone(&shared);
            move || {
                if shared.2.load(SeqCst) {
                    return;
                }
                shared.2.store(true, SeqCst);
                let (outer, inner) = if is_first { (&shared.0, &shared.1) } else { (&shared.1, &shared.0) };
                let _outer = outer.lock().unwrap();
                *inner.lock().unwrap() += 1;
            }
        };
        let threads = [thread::spawn(takes(true)), thread::spawn(takes(false))];
        for thread in threads {
            thread.join().unwrap();
        }
    };
    let report = Explorer::new(config("across").strategy(StrategySpec::Dfs(Some(0)))).run(body);
    let bug = report.bug().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(bug.trace().strategy, "steered", "{report}");
    assert!(bug.is_reproduced(), "{report}");
}

/// The two never meet, for the one waits until the other is done, in a way that leaves no trace in the clocks.
pub(super) fn either_or() {
    let (locks, done) = (Locks::default(), Arc::new(Mutex::new(false)));
    let (theirs, tells) = (Arc::clone(&locks), Arc::clone(&done));
    let first = thread::spawn(move || {
        up(&theirs);
        *tells.lock().unwrap() = true;
    });
    // Locks say nothing of who comes first.
    if *done.lock().unwrap() {
        down(&locks);
    }
    first.join().unwrap();
}

#[test]
fn what_is_not_confirmed_is_a_warning() {
    let report = Explorer::new(config("unconfirmed")).run_sync(either_or);
    assert!(report.bug().is_none(), "{report}");
    let [warning] = report.warnings() else { panic!("{report}") };
    assert_eq!(warning.detector, Detector::LockOrder);
    assert!(warning.message.contains("came to no deadlock: something else may forbid it"), "{report}");
}
