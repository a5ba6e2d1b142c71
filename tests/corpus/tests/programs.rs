//! The corpus as tests of its own, one process each if `cargo coyote test -p coyote-corpus` runs them: what running
//! tests in parallel is measured by. `coyote-tests` has the suites that CI runs.
#![allow(missing_docs)]

use coyote_corpus::{Body, Family, Program, Task, programs};

fn named(name: &str) -> &'static Program {
    programs().find(|program| program.name == name).unwrap_or_else(|| panic!("the corpus has no {name}"))
}

fn on_threads(body: Option<Body>) -> fn() {
    match body {
        Some(Body::Threads(body)) => body,
        other => panic!("{other:?} belongs to the other list"),
    }
}

fn as_tasks(body: Option<Body>) -> fn() -> Task {
    match body {
        Some(Body::Tasks(body)) => body,
        other => panic!("{other:?} belongs to the other list"),
    }
}

macro_rules! threads {
    ($($name:ident)*) => {
        const THREADS: &[&str] = &[$(stringify!($name)),*];
        $(mod $name {
            use super::*;

            #[coyote::test(expect = "bug", iterations = 10000, timeout = "0s")]
            fn bug() {
                on_threads(Some(named(stringify!($name)).body))();
            }

            #[coyote::test(timeout = "0s")]
            fn twin() {
                on_threads(named(stringify!($name)).twin)();
            }
        })*
    };
}

macro_rules! tasks {
    ($($name:ident)*) => {
        const TASKS: &[&str] = &[$(stringify!($name)),*];
        $(mod $name {
            use super::*;

            #[coyote::test(expect = "bug", iterations = 10000, timeout = "0s")]
            async fn bug() {
                as_tasks(Some(named(stringify!($name)).body))().await;
            }

            #[coyote::test(timeout = "0s")]
            async fn twin() {
                as_tasks(named(stringify!($name)).twin)().await;
            }
        })*
    };
}

threads! {
    account bluetooth bounded_buffer carter01 circular_buffer cve_2016_1972 cve_2016_9806 cve_2017_15265 deadlock01
    lazy01 queue reorder_3 reorder_5 reorder_10 reorder_20 reorder_50 reorder_100 stack stringbuffer token_ring
    twostage twostage_20 twostage_50 twostage_100 work_steal_queue interlocked_work_steal_queue wronglock
    guard_across_await blocking_drop refcell_across_await
}

tasks! {
    condvar_without_loop broadcast_lag lease_overlap join_cycle slab_reuse actor_cycle reply_unwrapped timer_race
    cache_stampede init_failure transfer_order check_then_act double_init missing_enable rwlock_upgrade
    select_loses_message rwlock_nested_read futurelock watch_missed_change pool_starvation read_loop_cancelled
    select_loses_permit retry_applies_twice shutdown_drop_order permit_leak_on_panic requeue_full inflight_leak
    retry_livelock torn_config lost_notify event_order
}

/// One bug is too hard for a test.
#[test]
fn every_program_is_here() {
    let mut here: Vec<&str> = THREADS.iter().chain(TASKS).copied().collect();
    let mut there: Vec<&str> =
        programs().filter(|program| program.family != Family::Apart).map(|program| program.name).collect();
    here.sort_unstable();
    there.sort_unstable();
    assert_eq!(here, there);
}
