//! Destructors that lock, block, or panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use coyote::std::sync::{Condvar, Mutex, mpsc};
use coyote::{Config, Crash, End, Explorer, Report};

/// Runs its closure when dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

async fn waits_with<T>(_value: T) {
    std::future::pending::<()>().await;
}

fn is_clean(report: &Report) {
    assert!(report.bug().is_none(), "{report}");
    assert!(report.is_repeatable(), "{report}");
    assert_eq!(report.statistics().abandoned, 0, "{report}");
}

/// Returns how many executions there were, the one that is repeated included.
fn executions(report: &Report) -> u64 {
    report.statistics().iterations + 1
}

#[test]
fn destructors_that_lock_at_teardown_all_run() {
    let dropped = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&dropped);
    let report = Explorer::new(Config::new("locking").iterations(600)).run(move || {
        let count = Arc::clone(&count);
        async move {
            let lock = Arc::new(Mutex::new(0));
            for _ in 0..3 {
                let (lock, ours) = (Arc::clone(&lock), Arc::clone(&lock));
                let count = Arc::clone(&count);
                let locks = OnDrop(move || {
                    count.fetch_add(1, SeqCst);
                    *lock.lock().expect("nobody panics") += 1;
                });
                tokio::spawn(async move {
                    let _locks = locks;
                    for _ in 0..3 {
                        let mut held = ours.lock().expect("nobody panics");
                        // Switched away with the lock held.
                        coyote::std::thread::yield_now();
                        *held += 1;
                    }
                });
            }
            tokio::task::yield_now().await;
        }
    });
    is_clean(&report);
    assert_eq!(dropped.load(SeqCst), 3 * executions(&report));
}

#[test]
fn a_destructor_may_wait_for_what_another_task_sends_when_it_is_dropped() {
    let dropped = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&dropped);
    let report = Explorer::new(Config::new("receiving").iterations(300)).run(move || {
        let count = Arc::clone(&count);
        async move {
            let (send, receive) = mpsc::channel();
            let received = Arc::clone(&count);
            let receives = OnDrop(move || {
                assert_eq!(receive.recv(), Ok(7));
                received.fetch_add(1, SeqCst);
            });
            let sends = OnDrop(move || {
                send.send(7).expect("somebody listens");
                count.fetch_add(1, SeqCst);
            });
            tokio::spawn(waits_with(receives));
            tokio::spawn(waits_with(sends));
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
        }
    });
    is_clean(&report);
    assert_eq!(dropped.load(SeqCst), 2 * executions(&report));
}

#[test]
fn a_destructor_that_waits_for_nothing_ends_all_the_same() {
    let report = Explorer::new(Config::new("waiting").iterations(100)).run(|| async {
        let never = || {
            let lock = Mutex::new(());
            drop(Condvar::new().wait(lock.lock().expect("nobody panics")));
        };
        tokio::spawn(waits_with(OnDrop(never)));
        tokio::task::yield_now().await;
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.is_repeatable(), "{report}");
}

#[test]
fn a_destructor_that_panics_at_teardown_aborts_nothing() {
    for inside_a_poll in [false, true] {
        let report = Explorer::new(Config::new("panicking").iterations(100)).run(move || async move {
            let lock = Arc::new(Mutex::new(0));
            let theirs = Arc::clone(&lock);
            tokio::spawn(async move {
                let _panics = OnDrop(|| panic!("in a destructor"));
                loop {
                    if inside_a_poll {
                        *theirs.lock().expect("nobody panics with the lock held") += 1;
                    } else {
                        tokio::task::yield_now().await;
                    }
                }
            });
            for _ in 0..3 {
                *lock.lock().expect("nobody panics with the lock held") += 1;
                tokio::task::yield_now().await;
            }
            assert!(!std::thread::panicking());
        });
        assert!(report.bug().is_none(), "{inside_a_poll} {report}");
        assert!(report.is_repeatable(), "{inside_a_poll} {report}");
    }
}

#[test]
fn a_destructor_that_panics_while_its_task_unwinds_is_the_crash_it_is_in_production() {
    let report = Explorer::new(Config::new("twice")).run(|| async {
        let task = tokio::spawn(async {
            let _panics = OnDrop(|| panic!("again"));
            panic!("once");
        });
        let _ = task.await;
    });
    let bug = report.bug().expect("the process would abort");
    assert!(bug.is_reproduced(), "{report}");
    match bug.end() {
        End::Crashed { task, what: Crash::Abort(message) } => {
            assert_eq!(task, "main/1");
            for part in ["in a destructor", "once at ", "again at ", file!()] {
                assert!(message.contains(part), "no {part:?} in {message}");
            }
        }
        end => panic!("{end:?}"),
    }
}
