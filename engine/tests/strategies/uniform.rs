//! Which strategies sample evenly, and what of.

use std::collections::BTreeMap;
use std::rc::Rc;

use coyote_engine::strategy::{Pos, Profiled, Random, Strategy, Surw, Urw};

use crate::program::{Body, Log, Var, chains, execute, orders, run_all, runner};

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

fn sample_chains(strategy: &mut (dyn Strategy + 'static), steps: &[u8]) -> f64 {
    let mut runner = runner();
    let mut counts = BTreeMap::new();
    let classes = orders(steps, None, None);
    // The first execution is for learning.
    chains(&mut runner, strategy, 0, steps);
    for seed in 1..=classes * 100 {
        *counts.entry(chains(&mut runner, strategy, seed, steps)).or_insert(0) += 1;
    }
    unevenness(&counts, classes)
}

#[test]
fn urw_makes_every_interleaving_of_independent_tasks_with_the_same_probability() {
    let steps = [2, 2, 3];
    assert_eq!(orders(&steps, None, None), 210);
    let urw = sample_chains(&mut Profiled::new(Urw::new()), &steps);
    assert!(urw < 1.0, "{urw}");
    let random = sample_chains(&mut Random::new(), &steps);
    assert!(random > 10.0, "{random}");
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
    // Its ten operations all have to be above one of the other's two: see that one begin, or write.
    let pos = share(&mut Pos::new());
    assert!((0.10..0.20).contains(&pos), "{pos}");
    let random = share(&mut Random::new());
    assert!(random < 0.02, "{random}");
}
