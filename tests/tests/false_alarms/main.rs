//! Correct programs, which must never be reported, each beside a wrong twin, which must be.
//!
//! One program per file. The twin has the one mistake that such code really has. A correct program runs
//! under every strategy, in other modes (see `suite`), and once for real; its twin until it is found
//! by the default strategy, as what it is, and repeated.
//!
//! `COYOTE_SUITE_ITERATIONS` sets the executions of a correct program per strategy (default: 300).

mod abort;
mod actor;
mod atomic_ids;
mod broadcast_lag;
mod broadcast_subscribe;
mod busy_worker;
mod classes;
mod condvar_flag;
mod condvar_queue;
mod condvar_spurious;
mod condvar_timeout;
mod current_thread_refcell;
mod data_race;
mod executor_block_on;
mod executor_local_pool;
mod executor_on_worker;
mod futures_select;
mod futures_unordered;
mod guard_across_await;
mod guard_task;
mod handle_block_on;
mod instant_log;
mod interval_flush;
mod join_branches;
mod join_cycle;
mod join_set_drop;
mod join_set_order;
mod lazy_lock;
mod lock_fairness;
mod lock_order;
mod lock_order_joined;
mod mpsc_backpressure;
mod mpsc_close;
mod mpsc_drain;
mod mpsc_permit;
mod mutex_counter;
mod notify_coalesces;
mod notify_enable;
mod notify_forward;
mod notify_permit;
mod once;
mod once_lock;
mod oneshot_reply;
mod owned_guard;
mod park;
mod philosophers;
mod poison;
mod publication;
mod rendezvous;
mod runtime_drop;
mod rwlock_nested_read;
mod rwlock_recheck;
mod scope;
mod select_cancel;
mod select_shutdown;
mod semaphore_close;
mod semaphore_leak;
mod semaphore_many;
mod sleep_order;
mod spawn_blocking;
mod std_barrier;
mod std_mpsc;
mod std_mutex_try;
mod std_rwlock;
mod suite;
mod task_locals;
mod thread_local;
mod timeout_fallback;
mod timeout_retry;
mod tokio_barrier;
mod tokio_once_cell;
mod try_join;
mod watch_conflates;
mod watch_ready;
mod weak_exchange;
mod worker_starvation;
mod yield_spin;
