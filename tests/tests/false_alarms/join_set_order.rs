//! Results of a `JoinSet` are collected.
//! The mistake: to expect them in the order of spawning.

use tokio::task::{JoinSet, yield_now};

use crate::suite::tasks;

async fn squares() -> Vec<u32> {
    let mut set = JoinSet::new();
    for n in 1..=3u32 {
        set.spawn(async move {
            yield_now().await;
            n * n
        });
    }
    let mut results = Vec::new();
    while let Some(result) = set.join_next().await {
        results.push(result.expect("nobody aborts it"));
    }
    assert!(set.is_empty());
    results
}

async fn sort_them() {
    let mut results = squares().await;
    results.sort_unstable();
    assert_eq!(results, [1, 4, 9]);
}

async fn trust_their_order() {
    assert_eq!(squares().await, [1, 4, 9], "out of order");
}

#[test]
fn sorted_results_are_complete() {
    tasks(sort_them).passes();
}

#[test]
fn results_come_in_any_order() {
    tasks(trust_their_order).panics("out of order");
}
