//! Virtual time.
#![allow(missing_docs)]

mod tokio_harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use coyote_shim::tokio;
use tokio::runtime::Builder;
use tokio::time::{
    Duration, Instant, MissedTickBehavior, interval, interval_at, sleep, sleep_until, timeout, timeout_at,
};
use tokio_harness::{deadlocks, fails, passes, passes_thread};

const MS: Duration = Duration::from_millis(1);

#[test]
fn sleeping_takes_virtual_time_only() {
    passes(|| async {
        let start = Instant::now();
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(start.elapsed(), Duration::from_secs(3600));
        sleep_until(start).await;
        sleep(Duration::ZERO).await;
        assert_eq!(start.elapsed(), Duration::from_secs(3600));
        sleep(Duration::from_micros(1)).await;
        assert_eq!(start.elapsed(), Duration::from_secs(3600) + MS);
    });
}

#[test]
fn timers_fire_in_order_of_their_deadlines() {
    passes(|| async {
        let step = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = [30, 10, 20]
            .into_iter()
            .map(|ms| {
                let step = step.clone();
                tokio::spawn(async move {
                    sleep(MS * ms).await;
                    step.fetch_add(1, Ordering::Relaxed) as u32 * 10 + 10 == ms
                })
            })
            .collect();
        for task in tasks {
            assert!(task.await.expect("returns"));
        }
    });
}

#[test]
fn equal_deadlines_fire_in_any_order() {
    fails("second first", || async {
        let order = Arc::new(AtomicUsize::new(0));
        let (a, b) = (order.clone(), order.clone());
        let a = tokio::spawn(async move {
            sleep(MS).await;
            a.fetch_add(1, Ordering::Relaxed)
        });
        let b = tokio::spawn(async move {
            sleep(MS).await;
            b.fetch_add(1, Ordering::Relaxed)
        });
        assert!(a.await.expect("returns") < b.await.expect("returns"), "second first");
    });
}

#[test]
fn a_timeout_ends_what_takes_too_long() {
    passes(|| async {
        let error = timeout(MS * 5, std::future::pending::<()>()).await.expect_err("too long");
        assert_eq!(error.to_string(), "deadline has elapsed");
        assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(timeout(MS * 5, sleep(MS * 4)).await, Ok(()));
        assert_eq!(timeout(Duration::ZERO, async { 1 }).await, Ok(1));
        let deadline = Instant::now() + MS;
        assert!(timeout_at(deadline, sleep(MS * 2)).await.is_err());
        // A future that always makes progress does not escape it.
        let busy = async {
            loop {
                tokio::task::coop::consume_budget().await;
            }
        };
        let busy = timeout(Duration::ZERO, busy).await;
        assert!(busy.is_err());
    });
}

#[test]
fn a_sleep_can_be_reset() {
    passes(|| async {
        let start = Instant::now();
        let sleep = sleep(MS * 10);
        tokio::pin!(sleep);
        assert!(!sleep.is_elapsed() && futures::poll!(sleep.as_mut()).is_pending());
        sleep.as_mut().reset(start + MS * 3);
        assert_eq!(sleep.deadline(), start + MS * 3);
        sleep.as_mut().await;
        assert!(sleep.is_elapsed());
        assert_eq!(start.elapsed(), MS * 3);
        sleep.as_mut().reset(start + MS * 7);
        assert!(!sleep.is_elapsed());
        sleep.as_mut().await;
        assert_eq!(start.elapsed(), MS * 7);
    });
}

#[test]
fn a_sleep_that_is_handed_over_wakes_its_new_task() {
    passes(|| async {
        let mut sleep = Box::pin(sleep(MS * 10));
        assert!(futures::poll!(sleep.as_mut()).is_pending());
        tokio::spawn(sleep).await.expect("returns");
    });
}

#[test]
fn sleeping_for_ever_is_a_deadlock_and_not_the_end_of_time() {
    deadlocks(|| async { sleep(Duration::MAX).await });
}

#[test]
fn intervals_catch_up_as_they_are_told() {
    passes(|| async {
        let start = Instant::now();
        let mut ticks = interval(MS * 10);
        assert_eq!(ticks.tick().await, start);
        assert_eq!(ticks.tick().await, start + MS * 10);
        sleep(MS * 25).await;
        // 35 ms: late for 20 and 30.
        assert_eq!(ticks.tick().await, start + MS * 20);
        assert_eq!(ticks.tick().await, start + MS * 30);
        assert_eq!(ticks.tick().await, start + MS * 40);
        assert_eq!(start.elapsed(), MS * 40);

        let start = Instant::now();
        let mut ticks = interval_at(start + MS * 10, MS * 10);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        sleep(MS * 25).await;
        assert_eq!(ticks.tick().await, start + MS * 10);
        assert_eq!(ticks.tick().await, start + MS * 35);

        let start = Instant::now();
        let mut ticks = interval_at(start + MS * 10, MS * 10);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        assert_eq!(ticks.missed_tick_behavior(), MissedTickBehavior::Skip);
        sleep(MS * 25).await;
        assert_eq!(ticks.tick().await, start + MS * 10);
        assert_eq!(ticks.tick().await, start + MS * 30);
        ticks.reset();
        assert_eq!(ticks.tick().await, start + MS * 40);
        ticks.reset_immediately();
        assert_eq!(ticks.tick().await, start + MS * 40);
        ticks.reset_after(MS);
        assert_eq!(ticks.tick().await, start + MS * 41);
        ticks.reset_at(start + MS * 50);
        assert_eq!(ticks.tick().await, start + MS * 50);
        assert_eq!(ticks.period(), MS * 10);
    });
}

#[test]
fn a_program_may_move_its_paused_clock() {
    passes_thread(|| {
        let runtime =
            Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
        runtime.block_on(async {
            let start = Instant::now();
            let task = tokio::spawn(sleep(MS * 10));
            tokio::time::advance(MS * 4).await;
            assert_eq!(start.elapsed(), MS * 4);
            assert!(!task.is_finished());
            tokio::time::advance(MS * 6).await;
            task.await.expect("returns");
            assert_eq!(start.elapsed(), MS * 10);
            tokio::time::resume();
            tokio::time::pause();
        });
    });
}

#[test]
fn misuse_of_the_clock_panics_as_in_tokio() {
    fn text(f: impl FnOnce() + std::panic::UnwindSafe) -> String {
        let payload = std::panic::catch_unwind(f).expect_err("misuse");
        let owned = payload.downcast_ref::<String>().cloned();
        owned.or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned())).expect("a text")
    }
    passes_thread(|| {
        assert_eq!(text(tokio::time::pause), "time cannot be frozen from outside the Tokio runtime");
        assert_eq!(text(tokio::time::resume), "time cannot be frozen from outside the Tokio runtime");
        assert_eq!(text(|| drop(interval(Duration::ZERO))), "`period` must be non-zero.");
        assert!(text(|| drop(sleep(MS))).starts_with("there is no reactor running"));
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            assert_eq!(text(tokio::time::resume), "time is not frozen");
            tokio::time::pause();
            assert_eq!(text(tokio::time::pause), "time is already frozen");
        });
    });
    passes(|| async {
        assert!(text(tokio::time::pause).contains("requires the `current_thread` Tokio runtime"))
    });
}

#[test]
fn instants_are_those_of_std() {
    passes(|| async {
        let now = Instant::now();
        assert_eq!(Instant::from_std(now.into_std()), now);
        assert_eq!(now.checked_add(MS).and_then(|then| then.checked_sub(MS)), Some(now));
        assert_eq!((now + MS) - now, MS);
        assert_eq!(now - (now + MS), Duration::ZERO);
        assert_eq!(now.checked_duration_since(now + MS), None);
        sleep(MS * 2).await;
        assert_eq!(Instant::now() - now, MS * 2);
    });
}

#[test]
fn outside_of_an_exploration_tokio_itself_runs() {
    let runtime = Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime");
    runtime.block_on(async {
        let start = Instant::now();
        let mut ticks = interval(Duration::from_secs(1));
        ticks.tick().await;
        ticks.tick().await;
        assert_eq!(start.elapsed(), Duration::from_secs(1));
        assert!(timeout(MS, std::future::pending::<()>()).await.is_err());
        tokio::time::advance(MS).await;
        let sleep = sleep(MS);
        tokio::pin!(sleep);
        sleep.as_mut().reset(Instant::now() + MS * 2);
        sleep.as_mut().await;
        assert!(sleep.is_elapsed());
        tokio::time::resume();
    });
}
