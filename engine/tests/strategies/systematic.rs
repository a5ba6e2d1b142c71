//! Depth-first search makes all schedules, each once, and says so.

use std::collections::BTreeSet;
use std::panic::Location;
use std::rc::Rc;

use coyote_engine::strategy::{Dfs, Strategy};
use coyote_engine::{End, current};

use crate::program::{Body, Var, chains, execute, orders, run_all, runner};

/// Makes all schedules of tasks with so many steps each, and returns how many there were.
fn count(mut search: Dfs, steps: &[u8]) -> u64 {
    let mut runner = runner();
    let mut seen = BTreeSet::new();
    let mut made = 0;
    while !search.is_exhausted() || made == 0 {
        made += 1;
        assert!(seen.insert(chains(&mut runner, &mut search, 0, steps)), "one was made twice");
    }
    made
}

#[test]
fn dfs_makes_each_interleaving_once() {
    for steps in [&[1u8, 1][..], &[2, 2, 3], &[1, 1, 1, 1], &[5, 4], &[3]] {
        assert_eq!(count(Dfs::new(), steps), orders(steps, None, None), "{steps:?}");
    }
}

#[test]
fn bounded_dfs_makes_each_interleaving_with_so_few_preemptions_once() {
    for steps in [&[2u8, 2, 3][..], &[5, 4], &[1, 2, 1, 2]] {
        for bound in 0..5 {
            assert_eq!(
                count(Dfs::bounded(bound), steps),
                orders(steps, Some(bound), None),
                "{steps:?} {bound}"
            );
        }
    }
}

/// Searches for an execution of `bodies` that fails, and returns whether there is one.
fn fails(mut search: Dfs, program: fn() -> Vec<Body>) -> bool {
    let mut runner = runner();
    for _ in 0..1_000_000 {
        let (outcome, _) = execute(&mut runner, &mut search, 0, || run_all(&program()));
        match outcome.end {
            End::Completed => {}
            End::Failed(_) => return true,
            end => panic!("{end:?}"),
        }
        if search.is_exhausted() {
            return false;
        }
    }
    panic!("the search has no end");
}

/// Fails if the reader is between the first and the second store of each pair.
fn two_windows() -> Vec<Body> {
    let (a, b) = (Var::new(0), Var::new(0));
    let (a2, b2) = (a.clone(), b.clone());
    let writer = move |_| {
        a.store(1);
        a.store(2);
        b.store(1);
        b.store(2);
    };
    let reader = move |_| {
        let seen = (a2.load(), b2.load());
        assert_ne!(seen, (1, 1));
    };
    vec![Rc::new(writer), Rc::new(reader)]
}

#[test]
fn a_bug_of_three_preemptions_is_found_with_three_and_not_with_two() {
    assert!(!fails(Dfs::bounded(0), two_windows));
    assert!(!fails(Dfs::bounded(1), two_windows));
    assert!(!fails(Dfs::bounded(2), two_windows));
    assert!(fails(Dfs::bounded(3), two_windows));
    assert!(fails(Dfs::new(), two_windows));
}

/// Two wait for a third by yielding.
fn spinning() -> Vec<Body> {
    let flag = Var::new(0);
    let spin = |flag: Rc<Var>| {
        Rc::new(move |_| {
            while flag.load() == 0 {
                current().expect("under control").yield_now(Location::caller());
            }
        }) as Body
    };
    let theirs = flag.clone();
    vec![spin(flag.clone()), spin(flag), Rc::new(move |_| theirs.store(1))]
}

#[test]
fn a_search_of_tasks_that_wait_by_yielding_comes_to_an_end() {
    assert!(!fails(Dfs::bounded(2), spinning));
    assert!(!fails(Dfs::new(), spinning));
}

#[test]
fn values_are_all_chosen() {
    let mut runner = runner();
    let mut search = Dfs::new();
    let mut seen = BTreeSet::new();
    let mut made = 0;
    while !search.is_exhausted() || made == 0 {
        made += 1;
        let (_, drawn) = execute(&mut runner, &mut search, 0, || {
            let ex = current().expect("under control");
            let first = ex.choose(3, Location::caller());
            (first, if first == 1 { ex.choose(4, Location::caller()) } else { 0 })
        });
        seen.insert(drawn);
    }
    assert_eq!((made, seen.len()), (6, 6));
}

#[test]
fn a_program_that_is_not_repeatable_is_never_searched_to_the_end() {
    let mut runner = runner();
    let mut search = Dfs::new();
    for execution in 0..100 {
        // One alternative more, or less, than the time before.
        execute(&mut runner, &mut search, 0, || {
            current().expect("under control").choose(2 + execution % 2, Location::caller())
        });
        assert!(execution == 0 || !search.is_exhausted());
    }
}
