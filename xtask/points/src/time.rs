//! `tokio::time`.

use std::future::poll_fn;
use std::time::Duration;

use coyote_shim::tokio;
use tokio::time::{interval, sleep, timeout};

use crate::measure::{Points, op};

const MOMENT: Duration = Duration::from_millis(1);

pub(crate) fn run(points: &mut Points) {
    points.count(|counts| async move {
        op!(counts, [tokio::time::Sleep: Future] sleep(MOMENT).await);
        let late =
            op!(counts, [tokio::time::Timeout: Future] timeout(MOMENT, std::future::pending::<()>()).await);
        assert!(late.is_err());
        let mut ticks = interval(MOMENT);
        op!(counts, tokio::time::Interval::tick(&mut ticks) await);
        poll_fn(|cx| op!(counts, tokio::time::Interval::poll_tick(&mut ticks, cx))).await;
    });
    points.count_in_thread(|counts| {
        let paused = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        paused.expect("a runtime").block_on(async {
            op!(counts, tokio::time::advance(MOMENT) await);
        });
    });
}
