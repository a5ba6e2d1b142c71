//! Items are collected and flushed at regular times.
//! The mistake: a fresh `sleep` in each round of the loop, which every item puts off.

use tokio::sync::mpsc;
use tokio::time::{Duration, MissedTickBehavior, interval, sleep};

use crate::suite::{Mode, tasks};

const PERIOD: Duration = Duration::from_millis(20);

fn produce() -> mpsc::Receiver<u32> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        for item in 0..10 {
            sleep(Duration::from_millis(8)).await;
            sender.send(item).await.expect("the collector is there");
        }
    });
    receiver
}

async fn flush_by_interval() {
    let mut items = produce();
    let mut flush = interval(PERIOD);
    flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut collected, mut flushed) = (0, 0);
    loop {
        tokio::select! {
            item = items.recv() => match item {
                Some(_) => collected += 1,
                None => break,
            },
            _ = flush.tick() => flushed = collected,
        }
    }
    assert!(collected == 10 && flushed > 0, "nothing was flushed");
}

async fn flush_by_fresh_sleeps() {
    let mut items = produce();
    let (mut collected, mut flushed) = (0, 0);
    loop {
        tokio::select! {
            item = items.recv() => match item {
                Some(_) => collected += 1,
                None => break,
            },
            () = sleep(PERIOD) => flushed = collected,
        }
    }
    assert!(collected == 10 && flushed > 0, "nothing was flushed");
}

#[test]
fn an_interval_flushes_in_time() {
    tasks(|| async {
        tokio::join!(flush_by_interval(), flush_by_interval());
    })
    // On a slow machine all items may be there before the collector looks at the time.
    .except(Mode::Racing)
    .passes();
}

#[test]
fn items_put_off_a_fresh_sleep() {
    tasks(flush_by_fresh_sleeps).panics("nothing was flushed");
}
