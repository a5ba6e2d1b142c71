//! Clocks that a runtime has paused, beside `std`'s, which goes on.
#![allow(missing_docs)]

mod tokio_harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use coyote_shim::std::{thread, time};
use coyote_shim::tokio;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Duration, Instant, interval, sleep, timeout};
use tokio_harness::{deadlocks, fails_thread, passes_thread};

const MS: Duration = Duration::from_millis(1);

fn runtime(paused: bool) -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(paused).build().expect("a runtime")
}

#[test]
fn a_paused_clock_stands_still_while_its_thread_sleeps() {
    passes_thread(|| {
        runtime(true).block_on(async {
            let (start, real) = (Instant::now(), time::Instant::now());
            let timer = tokio::spawn(sleep(MS));
            tokio::task::yield_now().await;
            thread::sleep(MS * 1000);
            assert_eq!((start.elapsed(), real.elapsed()), (Duration::ZERO, MS * 1000));
            assert!(!timer.is_finished());
            timer.await.expect("fires when there is nothing else to do");
            assert_eq!((start.elapsed(), real.elapsed()), (MS, MS * 1000));
        });
    });
}

async fn limits_a_closure() {
    let closure = tokio::task::spawn_blocking(|| thread::sleep(MS * 50));
    timeout(MS, closure).await.expect("the closure is waited for").expect("it returns");
}

#[test]
fn a_closure_on_the_blocking_pool_keeps_a_paused_clock_where_it_is() {
    passes_thread(|| runtime(true).block_on(limits_a_closure()));
    fails_thread("the closure is waited for", || runtime(false).block_on(limits_a_closure()));
}

#[test]
fn the_end_of_a_closure_lets_a_paused_clock_go_on() {
    passes_thread(|| {
        runtime(true).block_on(async {
            let real = time::Instant::now();
            let closure = tokio::task::spawn_blocking(|| thread::sleep(MS));
            sleep(MS * 15_000).await;
            assert!(closure.is_finished());
            assert_eq!(real.elapsed(), MS);
        });
    });
}

#[test]
fn a_limit_on_a_closure_that_never_ends_never_fires_while_paused() {
    deadlocks(|| async {
        thread::spawn(|| {
            let (_sender, receiver) = coyote_shim::std::sync::mpsc::channel::<()>();
            runtime(true).block_on(async {
                let closure = tokio::task::spawn_blocking(move || receiver.recv());
                let _ = timeout(MS, closure).await;
            });
        })
        .join()
        .expect("never ends");
    });
}

#[test]
fn timers_from_before_the_pause_are_paused_too() {
    passes_thread(|| {
        runtime(false).block_on(async {
            let timer = tokio::spawn(sleep(MS * 3));
            tokio::task::yield_now().await;
            tokio::time::pause();
            thread::sleep(MS * 10);
            tokio::task::yield_now().await;
            assert!(!timer.is_finished());
            let start = Instant::now();
            sleep(MS).await;
            assert!(!timer.is_finished());
            timer.await.expect("fires");
            assert!(start.elapsed() >= MS * 2 && start.elapsed() <= MS * 3);
        });
    });
}

#[test]
fn a_clock_that_is_resumed_goes_on_from_where_it_was() {
    passes_thread(|| {
        runtime(true).block_on(async {
            let (start, real) = (Instant::now(), time::Instant::now());
            thread::sleep(MS * 5);
            tokio::time::advance(MS * 10).await;
            tokio::time::resume();
            assert_eq!(real.elapsed(), MS * 5);
            assert!(start.elapsed() > MS * 10 && start.elapsed() < MS * 11);
            thread::sleep(MS);
            sleep(MS).await;
            assert!(start.elapsed() >= MS * 12 && start.elapsed() < MS * 14);
        });
    });
}

#[test]
fn a_paused_runtime_that_always_has_a_timer_does_not_stop_other_threads() {
    passes_thread(|| {
        let done = Arc::new(AtomicBool::new(false));
        let thread = {
            let done = done.clone();
            thread::spawn(move || {
                thread::sleep(MS * 10);
                done.store(true, Ordering::Relaxed);
            })
        };
        runtime(true).block_on(async {
            let mut ticks = interval(MS * 3_600_000);
            while !done.load(Ordering::Relaxed) {
                ticks.tick().await;
            }
        });
        thread.join().expect("returns");
    });
}

#[test]
fn a_pause_is_the_affair_of_one_runtime() {
    passes_thread(|| {
        let paused = thread::spawn(|| {
            runtime(true).block_on(async {
                let start = Instant::now();
                sleep(MS * 3_600_000).await;
                assert_eq!(start.elapsed(), MS * 3_600_000);
            });
        });
        runtime(false).block_on(async {
            let (start, real) = (Instant::now(), time::Instant::now());
            sleep(MS * 5).await;
            assert_eq!((start.elapsed(), real.elapsed()), (MS * 5, MS * 5));
        });
        paused.join().expect("returns");
    });
}
