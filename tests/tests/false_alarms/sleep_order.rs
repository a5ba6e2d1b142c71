//! Of two tasks, one must write before the other.
//! The mistake: to let it sleep for less, and hope. On a slow machine the longer sleep may be over too
//! before the first task gets to run.

use std::sync::Arc;

use tokio::sync::{Mutex, oneshot};
use tokio::time::{Duration, Instant, sleep, sleep_until};

use crate::suite::{Mode, tasks};

async fn write_in_order(wait: bool) {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let (written, first_is_written) = oneshot::channel();
    let first = Arc::clone(&lines);
    let start = Instant::now();
    tokio::spawn(async move {
        sleep(Duration::from_millis(1)).await;
        first.lock().await.push(1);
        let _ = written.send(());
    });
    sleep_until(start + Duration::from_millis(20)).await;
    assert!(start.elapsed() >= Duration::from_millis(20));
    if wait {
        first_is_written.await.expect("it is always written");
    }
    lines.lock().await.push(2);
    assert_eq!(*lines.lock().await, [1, 2], "out of order");
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
