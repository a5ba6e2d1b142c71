//! What makes two executions of a program different: also a timer that fires, and also where tasks are
//! switched at `.await` only. Otherwise "distinct classes" would say too little, and "reproduced" too much.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use coyote::{Config, Explorer, Granularity, Time};
use tokio::task::yield_now;
use tokio::time::{Duration, sleep, timeout};

async fn sleep_within(limit: Duration) {
    let _ = timeout(limit, sleep(Duration::from_millis(1))).await;
    AtomicU32::new(0).store(1, Ordering::SeqCst);
}

#[test]
fn executions_differ_by_what_a_timer_did() {
    let config = Config::new("classes of timers").iterations(300).time(Time::Racing);
    let report = Explorer::new(config).run(|| async {
        let other = tokio::spawn(sleep_within(Duration::from_millis(2)));
        sleep_within(Duration::from_millis(2)).await;
        other.await.expect("nobody aborts it");
    });
    // Each of the two is in time or is not.
    assert!(report.statistics().classes >= 4, "{report}");
}

#[test]
fn executions_differ_by_the_order_of_their_awaits() {
    let config = Config::new("classes of awaits").iterations(300).granularity(Granularity::Await);
    let report = Explorer::new(config).run(|| async {
        let count = Arc::new(AtomicU32::new(0));
        let others = [0, 1].map(|_| {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                for _ in 0..2 {
                    count.fetch_add(1, Ordering::SeqCst);
                    yield_now().await;
                }
            })
        });
        for other in others {
            other.await.expect("nobody aborts it");
        }
    });
    // Four additions, two of each task: 4! / (2! 2!) orders.
    assert!(report.statistics().classes >= 6, "{report}");
}
