//! Which strategies sample evenly, and what of.

use std::collections::BTreeMap;
use std::panic::Location;
use std::rc::Rc;

use coyote_engine::strategy::{Pos, Profiled, Random, Strategy, StrategySpec, Surw, Urw};
use coyote_engine::{LaneId, Op, OpKind, Spawn, current};

use crate::program::{Body, Log, Var, execute, orders, run_all, runner};

/// Returns Pearson's statistic of samples that should fall evenly into so many classes, divided by the
/// value that even samples exceed in one of a thousand experiments (Wilson and Hilferty's approximation).
fn unevenness<K: Ord>(counts: &BTreeMap<K, u32>, classes: u64) -> f64 {
    assert!(counts.len() as u64 <= classes);
    let samples: u32 = counts.values().sum();
    let expected = f64::from(samples) / classes as f64;
    let seen: f64 = counts.values().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    let unseen = (classes - counts.len() as u64) as f64 * expected;
    let freedom = classes as f64 - 1.0;
    let spread = 2.0 / (9.0 * freedom);
    (seen + unseen) / (freedom * (1.0 - spread + 3.09 * spread.sqrt()).powi(3))
}

/// Three tasks with two, two and three operations on variables of their own.
fn sample_interleavings(strategy: &mut (dyn Strategy + 'static)) -> f64 {
    let mut runner = runner();
    let mut counts = BTreeMap::new();
    let steps = [2, 2, 3];
    let classes = orders(&steps, None, None);
    assert_eq!(classes, 210);
    for seed in 0..=classes * 100 {
        let (_, log) = execute(&mut runner, strategy, seed, || {
            let log = Log::default();
            let body = |count: u8| {
                let (log, own) = (log.clone(), Var::new(0));
                Rc::new(move |me: u8| {
                    for _ in 0..count {
                        // The head of the loop makes no difference, and must not make one.
                        let head = Op::local(OpKind::Loop, Location::caller());
                        current().expect("under control").point(head);
                        own.store(1);
                        log.borrow_mut().push(me);
                    }
                }) as Body
            };
            run_all(&steps.map(body));
            log.borrow().clone()
        });
        // The first execution is for learning.
        if seed > 0 {
            *counts.entry(log.expect("the execution completed")).or_insert(0) += 1;
        }
    }
    unevenness(&counts, classes)
}

#[test]
fn urw_makes_every_interleaving_of_independent_tasks_with_the_same_probability() {
    let urw = sample_interleavings(&mut Profiled::new(Urw::new()));
    assert!(urw < 1.0, "{urw}");
    let random = sample_interleavings(&mut Random::new());
    assert!(random > 10.0, "{random}");
}

#[test]
fn what_is_created_may_come_before_what_its_creator_does_next() {
    for strategy in ["pos", "urw", "surw", "rff-lite", "q-learning", "fair-pct", "fair-delay-bounding(3)"] {
        let mut strategy = StrategySpec::parse(strategy).expect("a strategy").build(10_000);
        let mut runner = runner();
        let first = (0..200).filter(|&seed| {
            let (_, seen) = execute(&mut runner, &mut *strategy, seed, || {
                let ex = current().expect("under control");
                let shared = Var::new(0);
                let theirs = shared.clone();
                let here = Location::caller();
                ex.point(Op::local(OpKind::Entry, here));
                let spawn = Spawn { is_thread: true, name: None, lane: LaneId::UNLIMITED, location: here };
                let child = ex.create_thread(move || theirs.store(1), spawn);
                ex.point_after_spawn(here);
                ex.point(Op::local(OpKind::Loop, here));
                let seen = shared.load();
                ex.join(&child, here).expect("it does not panic");
                seen
            });
            seen == Some(1)
        });
        let first = first.count();
        assert!((20..180).contains(&first), "{} {first}", strategy.name());
    }
}

/// Three tasks touch a shared variable once, twice, and twice, and do much else, unevenly.
fn sample_accesses(strategy: &mut (dyn Strategy + 'static)) -> f64 {
    let mut runner = runner();
    let mut counts = BTreeMap::new();
    for seed in 0..=6000 {
        let (_, log) = execute(&mut runner, strategy, seed, || {
            let (log, shared) = (Log::default(), Var::new(0));
            let body = |before: u8, accesses: u8, after: u8| {
                let (log, shared, own) = (log.clone(), shared.clone(), Var::new(0));
                Rc::new(move |me: u8| {
                    (0..before).for_each(|_| own.store(1));
                    for _ in 0..accesses {
                        shared.store(1);
                        log.borrow_mut().push(me);
                        (0..after).for_each(|_| own.store(2));
                    }
                }) as Body
            };
            run_all(&[body(0, 1, 9), body(7, 2, 0), body(1, 2, 3)]);
            log.borrow().clone()
        });
        if seed > 0 {
            *counts.entry(log.expect("the execution completed")).or_insert(0) += 1;
        }
    }
    unevenness(&counts, orders(&[1, 2, 2], None, None))
}

#[test]
fn surw_makes_every_interleaving_of_the_accesses_to_an_object_with_the_same_probability() {
    let surw = sample_accesses(&mut Profiled::new(Surw::new()));
    assert!(surw < 1.0, "{surw}");
    let random = sample_accesses(&mut Random::new());
    assert!(random > 10.0, "{random}");
}

#[test]
fn pos_orders_racing_operations_whatever_lies_before_them() {
    // One task has to do eight things of its own before it writes, and yet to be first.
    let share = |strategy: &mut (dyn Strategy + 'static)| {
        let mut runner = runner();
        let first = (0..4000).filter(|&seed| {
            let (_, log) = execute(&mut runner, strategy, seed, || {
                let (log, shared) = (Log::default(), Var::new(0));
                let body = |before: u8| {
                    let (log, shared, own) = (log.clone(), shared.clone(), Var::new(0));
                    Rc::new(move |me: u8| {
                        (0..before).for_each(|_| own.store(1));
                        shared.store(1);
                        log.borrow_mut().push(me);
                    }) as Body
                };
                run_all(&[body(8), body(0)]);
                log.borrow()[0]
            });
            log == Some(0)
        });
        first.count() as f64 / 4000.0
    };
    // Its nine operations all have to have a higher priority than the other's one, until then.
    let pos = share(&mut Pos::new());
    assert!((pos - 0.1).abs() < 0.015, "{pos}");
    let random = share(&mut Random::new());
    assert!(random < 0.02, "{random}");
}
