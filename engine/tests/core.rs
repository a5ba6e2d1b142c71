//! The engine on its own, with a lock made of nothing but a gate.
#![allow(missing_docs)]

use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use coyote_engine::strategy::{KNOWN, Pct, Random, Strategy, StrategySpec};
use coyote_engine::*;

struct Lock {
    object: ObjectCell,
}

impl Lock {
    #[track_caller]
    fn new() -> Self {
        Lock { object: ObjectCell::new() }
    }
    #[track_caller]
    fn lock(&self) -> Guard<'_> {
        let ex = current().expect("under control");
        let id = ex.object(&self.object, "Lock");
        ex.wait(id, Gate::Exclusive, Op::new(OpKind::Lock, id, Access::Acquire, Location::caller()), None);
        ex.set_gate(id, Gate::Exclusive, false);
        ex.set_owner(id, true);
        Guard(self)
    }
}

struct Guard<'a>(&'a Lock);

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        struct Release<'a>(&'a Lock);
        impl Drop for Release<'_> {
            fn drop(&mut self) {
                let ex = current().expect("under control");
                let id = ex.object(&self.0.object, "Lock");
                ex.set_owner(id, false);
                ex.set_gate(id, Gate::Exclusive, true);
            }
        }
        let ex = current().expect("under control");
        let id = ex.object(&self.0.object, "Lock");
        let _release = Release(self.0);
        ex.point(Op::new(OpKind::Unlock, id, Access::Release, Location::caller()));
    }
}

#[track_caller]
fn spawn<T>(f: impl FnOnce() -> T) -> TaskHandle<T> {
    let ex = current().expect("under control");
    let location = Location::caller();
    let handle =
        ex.create_thread(f, Spawn { is_thread: true, name: None, lane: LaneId::UNLIMITED, location });
    ex.point(Op::local(OpKind::Spawn, location));
    handle
}

#[track_caller]
fn join<T>(handle: TaskHandle<T>) -> Result<T, TaskError> {
    current().expect("under control").join(&handle, Location::caller())
}

fn runner() -> Runner {
    Runner::new(Options::default())
}

#[test]
fn a_mutual_exclusion_holds_and_interleavings_vary() {
    let mut runner = runner();
    let mut strategy = Random::new();
    let mut classes = std::collections::BTreeSet::new();
    for seed in 0..2000 {
        let (outcome, sum) = runner.run_thread(&mut strategy, seed, false, Location::caller(), || {
            let lock = Rc::new(Lock::new());
            let sum = Rc::new(Cell::new(0));
            let handles: Vec<_> = (0..3)
                .map(|_| {
                    let (lock, sum) = (lock.clone(), sum.clone());
                    spawn(move || {
                        for _ in 0..3 {
                            let _guard = lock.lock();
                            sum.set(sum.get() + 1);
                        }
                    })
                })
                .collect();
            for h in handles {
                join(h).expect("no panic");
            }
            sum.get()
        });
        assert!(matches!(outcome.end, End::Completed), "{:?}", outcome.end);
        assert_eq!(sum, Some(9));
        classes.insert(outcome.fingerprint);
    }
    // 9!/(3!^3) orders of the nine critical sections.
    assert!(classes.len() > 900 && classes.len() <= 1680, "{}", classes.len());
}

#[test]
fn a_deadlock_is_found_and_named() {
    let mut runner = runner();
    let mut strategy = Pct::new(3);
    let mut found = 0;
    for seed in 0..500 {
        let (outcome, _) = runner.run_thread(&mut strategy, seed, false, Location::caller(), || {
            let (a, b) = (Rc::new(Lock::new()), Rc::new(Lock::new()));
            let (a2, b2) = (a.clone(), b.clone());
            let one = spawn(move || {
                let _a = a.lock();
                let _b = b.lock();
            });
            let two = spawn(move || {
                let _b = b2.lock();
                let _a = a2.lock();
            });
            join(one).expect("no panic");
            join(two).expect("no panic");
        });
        match outcome.end {
            End::Completed => {}
            End::Deadlock(deadlock) => {
                found += 1;
                assert_eq!(deadlock.cycle.len(), 2, "{deadlock:?}");
                assert_eq!(outcome.abandoned, 0);
            }
            end => panic!("{end:?}"),
        }
    }
    assert!(found > 5, "{found}");
}

#[test]
fn the_same_seed_gives_the_same_execution() {
    let body = || {
        let lock = Rc::new(Lock::new());
        let handles: Vec<_> = (0..4)
            .map(|_| {
                let lock = lock.clone();
                spawn(move || (0..5).for_each(|_| drop(lock.lock())))
            })
            .collect();
        handles.into_iter().for_each(|h| join(h).expect("no panic"));
    };
    let known = KNOWN.replace(" or ", ", ").replace("(n)", "(3)").replace("(d)", "(3)").replace("(k)", "(1)");
    for spec in known.split(", ") {
        let spec = StrategySpec::parse(spec).expect("a strategy");
        let mut first = Vec::new();
        for round in 0..2 {
            let mut runner = runner();
            let mut strategy = spec.build(10_000);
            for seed in 0..100 {
                let (outcome, _) = runner.run_thread(&mut *strategy, seed, false, Location::caller(), body);
                let seen = (outcome.fingerprint, outcome.steps, runner.decisions());
                if round == 0 {
                    first.push(seen);
                } else {
                    assert_eq!(first[seed as usize], seen, "{spec} {seed}");
                }
            }
        }
    }
}

#[test]
fn a_thread_that_panics_is_seen_by_whoever_joins_it_and_otherwise_fails_the_run() {
    let mut runner = runner();
    let mut strategy = Random::new();
    for seed in 0..200 {
        let (outcome, joined) = runner.run_thread(&mut strategy, seed, false, Location::caller(), || {
            join(spawn(|| panic!("on purpose"))).is_err()
        });
        assert!(matches!(outcome.end, End::Completed), "{:?}", outcome.end);
        assert_eq!(joined, Some(true));
        let (outcome, _) = runner
            .run_thread(&mut strategy, seed, false, Location::caller(), || drop(spawn(|| panic!("unseen"))));
        match outcome.end {
            End::Failed(failure) => assert_eq!(failure.panic.message, "unseen"),
            End::Completed => {}
            end => panic!("{end:?}"),
        }
    }
}

#[test]
fn destructors_lock_at_teardown() {
    let mut runner = runner();
    let mut strategy = Random::new();
    for seed in 0..300 {
        let (outcome, _) = runner.run_thread(&mut strategy, seed, false, Location::caller(), || {
            struct LocksOnDrop(Rc<Lock>);
            impl Drop for LocksOnDrop {
                fn drop(&mut self) {
                    drop(self.0.lock());
                }
            }
            let lock = Rc::new(Lock::new());
            for _ in 0..3 {
                let lock = lock.clone();
                drop(spawn(move || {
                    let _late = LocksOnDrop(lock.clone());
                    for _ in 0..5 {
                        let _guard = lock.lock();
                        current().expect("under control").point(Op::local(OpKind::Yield, Location::caller()));
                    }
                }));
            }
        });
        assert!(matches!(outcome.end, End::Completed), "{:?}", outcome.end);
        assert_eq!(outcome.abandoned, 0, "seed {seed}");
    }
    let _ = strategy.name();
}

#[test]
fn the_panic_count_is_found() {
    assert!(runner().panic_count_is_per_task());
}
