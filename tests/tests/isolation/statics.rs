//! What outlives an execution in its process, and is not there for the next: statics, hash seeds.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use coyote::{Config, Explorer, Isolate};

static RUNS: AtomicU32 = AtomicU32::new(0);

#[coyote::test(isolate = "process", iterations = 50)]
async fn a_static_begins_anew() {
    assert_eq!(RUNS.fetch_add(1, Ordering::SeqCst), 0);
}

#[coyote::test(isolate = "process", iterations = 50)]
fn a_plain_function_is_isolated_too() {
    static ONCE: OnceLock<u32> = OnceLock::new();
    assert!(ONCE.set(1).is_ok());
}

#[coyote::test(isolate = "process", iterations = 10)]
#[should_panic(expected = "on purpose")]
async fn a_failure_is_that_of_the_test() {
    panic!("on purpose");
}

#[coyote::test(isolate = "process", iterations = 10)]
async fn an_error_is_a_failure() -> Result<(), String> {
    tokio::task::yield_now().await;
    Ok(())
}

/// The order of a map with a seed of its own: a choice.
#[expect(clippy::disallowed_types, reason = "its order is what is tested")]
fn first_of_four() -> u32 {
    let map: std::collections::HashMap<u32, ()> = (0..4).map(|key| (key, ())).collect();
    map.into_keys().next().expect("four keys")
}

#[coyote::test(isolate = "process", expect = "bug", message = "the first is 3")]
async fn a_hash_order_is_explored_and_replays() {
    assert_ne!(first_of_four(), 3, "the first is 3");
}

#[test]
fn without_isolation_a_static_makes_the_run_unrepeatable() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let body = || async {
        for _ in 0..=COUNT.fetch_add(1, Ordering::SeqCst) % 3 {
            tokio::spawn(async {}).await.unwrap();
        }
    };
    let config = Config::new("static").iterations(20);
    assert!(!Explorer::new(config.clone()).run(body).is_repeatable());
    assert!(Explorer::new(config.isolate(Isolate::Process)).run(body).is_repeatable());
}
