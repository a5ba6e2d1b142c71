//! Two tasks must write before a third.
//! The mistake: to let them sleep for less, and hope. On a slow machine the longer sleep may be over too
//! before they get to run.

use std::sync::Arc;

use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Duration, Instant, sleep, sleep_until};

use crate::suite::{Mode, tasks};

async fn write_in_order(wait: bool) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let written = Arc::new(Semaphore::new(0));
    let start = Instant::now();
    for _ in 0..2 {
        let (lines, written) = (Arc::clone(&lines), Arc::clone(&written));
        tokio::spawn(async move {
            sleep(Duration::from_millis(1)).await;
            lines.lock().await.push(1);
            written.add_permits(1);
        });
    }
    sleep_until(start + Duration::from_millis(20)).await;
    assert!(start.elapsed() >= Duration::from_millis(20));
    if wait {
        written.acquire_many(2).await.expect("not closed").forget();
    }
    lines.lock().await.push(2);
    assert_eq!(*lines.lock().await, [1, 1, 2], "out of order");
}

#[test]
fn a_signal_gives_an_order() {
    tasks(|| write_in_order(true)).passes();
}

#[test]
fn sleeping_gives_no_order_on_a_slow_machine() {
    tasks(|| write_in_order(false)).under(Mode::Racing).panics("out of order");
}

#[test]
fn sleeping_gives_an_order_on_an_idle_machine() {
    tasks(|| write_in_order(false)).except(Mode::Racing).passes();
}
