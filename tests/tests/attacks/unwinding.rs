//! Tasks that unwind while others run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use coyote::std::sync::Mutex;
use coyote::{Config, Explorer};

/// How often a bystander ran while another task was unwinding.
#[derive(Default)]
struct Watched {
    unwinding: AtomicBool,
    seen: AtomicU64,
}

/// Takes several scheduling points to drop.
struct Slow(Arc<Mutex<u32>>, Arc<Watched>);

impl Drop for Slow {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "this task does unwind");
        self.1.unwinding.store(true, SeqCst);
        for _ in 0..3 {
            *self.0.lock().expect("the lock is not held while anybody panics") += 1;
        }
        self.1.unwinding.store(false, SeqCst);
    }
}

#[test]
fn bystanders_of_unwinding_tasks_do_not_panic_and_poison_nothing() {
    let watched = Arc::new(Watched::default());
    let ours = Arc::clone(&watched);
    let report = Explorer::new(Config::new("bystanders").iterations(2000)).run(move || {
        let watched = Arc::clone(&ours);
        async move {
            let shared = Arc::new(Mutex::new(0));
            let panicking: Vec<_> = (0..2)
                .map(|_| {
                    let slow = Slow(Arc::clone(&shared), Arc::clone(&watched));
                    tokio::spawn(async move {
                        let _slow = slow;
                        panic!("on purpose");
                    })
                })
                .collect();
            let bystanders: Vec<_> = (0..2)
                .map(|_| {
                    let (shared, watched) = (Arc::clone(&shared), Arc::clone(&watched));
                    tokio::spawn(async move {
                        let real = std::sync::Mutex::new(0);
                        for _ in 0..3 {
                            let theirs = real.lock().expect("only this task locks it");
                            *shared.lock().expect("nobody panicked with the lock held") += 1;
                            if watched.unwinding.load(SeqCst) {
                                watched.seen.fetch_add(1, SeqCst);
                            }
                            assert!(!std::thread::panicking());
                            drop(theirs);
                        }
                        assert!(!real.is_poisoned());
                    })
                })
                .collect();
            for task in panicking {
                assert!(task.await.expect_err("it panics").is_panic());
            }
            for task in bystanders {
                task.await.expect("a bystander does not panic");
            }
            assert_eq!(*shared.lock().expect("nobody panicked with the lock held"), 12);
        }
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.is_repeatable(), "{report}");
    assert_eq!(report.statistics().abandoned, 0, "{report}");
    assert!(watched.seen.load(SeqCst) > 0, "no bystander ran while another task was unwinding");
}

#[test]
fn a_panic_with_a_lock_held_poisons_that_lock_alone() {
    let report = Explorer::new(Config::new("poison")).run(|| async {
        let locks = Arc::new([Mutex::new(0), Mutex::new(0)]);
        let theirs = Arc::clone(&locks);
        let bad = tokio::spawn(async move {
            let _held = theirs[0].lock().expect("nobody else locks it");
            panic!("on purpose");
        });
        let theirs = Arc::clone(&locks);
        let good = tokio::spawn(async move {
            for _ in 0..3 {
                *theirs[1].lock().expect("nobody panics with this held") += 1;
            }
        });
        assert!(bad.await.is_err());
        good.await.expect("it does not panic");
        assert!(locks[0].is_poisoned() && !locks[1].is_poisoned());
    });
    assert!(report.bug().is_none(), "{report}");
}

#[test]
fn an_aborted_task_poisons_nothing() {
    let report = Explorer::new(Config::new("aborted")).run(|| async {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        let task = tokio::task::spawn(async move {
            loop {
                *theirs.lock().expect("an abort is no panic") += 1;
                tokio::task::yield_now().await;
            }
        });
        tokio::task::yield_now().await;
        task.abort();
        assert!(task.await.expect_err("it was aborted").is_cancelled());
        assert!(!lock.is_poisoned());
    });
    assert!(report.bug().is_none(), "{report}");
    assert_eq!(report.statistics().abandoned, 0, "{report}");
}

#[test]
fn a_task_that_catches_every_panic_is_abandoned_and_counted() {
    let report = Explorer::new(Config::new("catching").iterations(100)).run(|| async {
        let lock = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&lock);
        tokio::spawn(async move {
            loop {
                let _ = std::panic::catch_unwind(|| drop(theirs.lock()));
            }
        });
        for _ in 0..3 {
            drop(lock.lock());
        }
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.statistics().abandoned > 0, "{report}");
    assert!(report.to_string().contains("could not be unwound"), "{report}");
}

#[test]
fn two_panics_at_once_each_keep_their_message_and_place() {
    let report = Explorer::new(Config::new("two").iterations(500)).run(|| async {
        let shared = Arc::new(Mutex::new(0));
        for name in ["first", "second"] {
            let slow = Slow(Arc::clone(&shared), Arc::default());
            tokio::spawn(async move {
                let _slow = slow;
                panic!("{name} on purpose");
            });
        }
        // Seen from here, both have panicked, or neither is reported.
        while *shared.lock().expect("nobody panics with the lock held") < 6 {
            tokio::task::yield_now().await;
        }
    });
    let bug = report.bug().expect("nobody joins them");
    assert!(bug.is_reproduced(), "{report}");
    let message = bug.message();
    assert!(message.contains("on purpose") && message.contains(file!()), "{message}");
}

#[test]
fn a_panic_that_a_destructor_catches_does_not_take_the_place_of_the_first() {
    struct Catches(Arc<Mutex<u32>>);
    impl Drop for Catches {
        fn drop(&mut self) {
            *self.0.lock().expect("nobody panics with the lock held") += 1;
            let caught = std::panic::catch_unwind(|| panic!("in a destructor"));
            assert!(caught.is_err());
        }
    }
    let report = Explorer::new(Config::new("caught").iterations(500)).run(|| async {
        let shared = Arc::new(Mutex::new(0));
        let _ = std::panic::catch_unwind(|| panic!("long ago"));
        let catches = Catches(shared);
        assert!(Arc::strong_count(&catches.0) > 1, "the one that counts");
    });
    let message = report.bug().expect("it panics").message();
    assert!(message.contains("the one that counts") && message.contains(file!()), "{message}");
}
