//! `select!`, `join!`, `try_join!`, `pin!`.
#![allow(missing_docs)]

mod tokio_harness;

use std::collections::BTreeSet;

use coyote_engine::End;
use coyote_shim::tokio;
use tokio::task::yield_now;
use tokio::time::{Duration, sleep};
use tokio_harness::{explore, passes};

#[test]
fn select_takes_any_branch_that_is_ready() {
    let mut taken = BTreeSet::new();
    explore(
        50,
        || async {
            tokio::select! {
                one = async { 1 } => one,
                two = async { 2 } => two,
                _ = std::future::pending::<()>() => 3,
            }
        },
        |_, _, outcome, output| {
            assert!(matches!(outcome.end, End::Completed));
            taken.insert(output);
        },
    );
    assert_eq!(taken, BTreeSet::from([Some(1), Some(2)]));
}

#[test]
fn select_in_a_loop_with_all_that_it_offers() {
    passes(|| async {
        let task = tokio::spawn(async {
            yield_now().await;
            5
        });
        tokio::pin!(task);
        let (mut ticks, mut done) = (0, false);
        let late = sleep(Duration::from_millis(35));
        tokio::pin!(late);
        tokio::pin! { let every = async { sleep(Duration::from_millis(10)).await; }; }
        loop {
            tokio::select! {
                biased;
                Ok(5) = &mut task, if !done => done = true,
                () = &mut late_or_never(late.as_mut()) => break,
                () = &mut every, if ticks == 0 => ticks += 1,
                else => unreachable!("there is always one that is enabled"),
            }
        }
        assert!(done && ticks == 1);
    });
}

fn late_or_never<F: Future<Output = ()> + Unpin>(future: F) -> F {
    future
}

#[test]
fn join_waits_for_all_and_try_join_for_the_first_error() {
    let body = || async {
        let (one, two) = tokio::join!(
            async {
                yield_now().await;
                1
            },
            async { 2 }
        );
        assert_eq!((one, two), (1, 2));
        let all: Result<_, &str> = async { tokio::try_join!(async { Ok(1) }, async { Ok("two") }) }.await;
        assert_eq!(all, Ok((1, "two")));
        let failed: Result<((), ()), &str> =
            async { tokio::try_join!(async { Err("no") }, std::future::pending::<Result<(), &str>>()) }.await;
        assert_eq!(failed, Err("no"));
    };
    passes(body);
    futures::executor::block_on(body());
}

#[test]
fn outside_of_an_exploration_branches_vary_too() {
    let taken: BTreeSet<_> = (0..200)
        .map(|_| {
            futures::executor::block_on(async {
                tokio::select! { a = async { 1 } => a, b = async { 2 } => b }
            })
        })
        .collect();
    assert_eq!(taken.len(), 2);
}
