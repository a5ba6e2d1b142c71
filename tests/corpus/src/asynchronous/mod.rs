//! Bugs of asynchronous programs, as Rust users really have them.

pub mod actor_cycle;
pub mod blocking_drop;
pub mod broadcast_lag;
pub mod cache_stampede;
pub mod check_then_act;
pub mod condvar_without_loop;
pub mod double_init;
pub mod event_order;
pub mod futurelock;
pub mod guard_across_await;
pub mod inflight_leak;
pub mod init_failure;
pub mod join_cycle;
pub mod lease_overlap;
pub mod lost_notify;
pub mod missing_enable;
pub mod permit_leak_on_panic;
pub mod pool_starvation;
pub mod read_loop_cancelled;
pub mod refcell_across_await;
pub mod reply_unwrapped;
pub mod requeue_full;
pub mod retry_applies_twice;
pub mod retry_livelock;
pub mod rwlock_nested_read;
pub mod rwlock_upgrade;
pub mod select_loses_message;
pub mod select_loses_permit;
pub mod shutdown_drop_order;
pub mod slab_reuse;
pub mod timer_race;
pub mod torn_config;
pub mod transfer_order;
pub mod watch_missed_change;

use crate::program::Program;

/// All of them.
pub const ALL: &[&Program] = &[
    &actor_cycle::PROGRAM,
    &blocking_drop::PROGRAM,
    &broadcast_lag::PROGRAM,
    &cache_stampede::PROGRAM,
    &check_then_act::PROGRAM,
    &condvar_without_loop::PROGRAM,
    &double_init::PROGRAM,
    &event_order::PROGRAM,
    &futurelock::PROGRAM,
    &guard_across_await::PROGRAM,
    &inflight_leak::PROGRAM,
    &init_failure::PROGRAM,
    &join_cycle::PROGRAM,
    &lease_overlap::PROGRAM,
    &lost_notify::PROGRAM,
    &missing_enable::PROGRAM,
    &permit_leak_on_panic::PROGRAM,
    &pool_starvation::PROGRAM,
    &read_loop_cancelled::PROGRAM,
    &refcell_across_await::PROGRAM,
    &reply_unwrapped::PROGRAM,
    &requeue_full::PROGRAM,
    &retry_applies_twice::PROGRAM,
    &retry_livelock::PROGRAM,
    &rwlock_nested_read::PROGRAM,
    &rwlock_upgrade::PROGRAM,
    &select_loses_message::PROGRAM,
    &select_loses_permit::PROGRAM,
    &shutdown_drop_order::PROGRAM,
    &slab_reuse::PROGRAM,
    &timer_race::PROGRAM,
    &torn_config::PROGRAM,
    &transfer_order::PROGRAM,
    &watch_missed_change::PROGRAM,
];
