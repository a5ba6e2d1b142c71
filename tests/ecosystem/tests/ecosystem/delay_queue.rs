//! A cache whose entry is refreshed at the very time at which it expires.

use std::time::Duration;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::time::DelayQueue;

const LIFE: Duration = Duration::from_secs(60);

async fn program(checks: bool) {
    let (refresh, mut refreshed) = mpsc::channel(1);
    let client = tokio::spawn(async move {
        sleep(LIFE).await;
        refresh.send(()).await.unwrap();
    });
    let mut queue = DelayQueue::new();
    let key = queue.insert("entry", LIFE);
    let (mut expired, mut open) = (false, true);
    while !expired || open {
        tokio::select! {
            Some(entry) = queue.next() => {
                assert_eq!(entry.into_inner(), "entry");
                expired = true;
            }
            message = refreshed.recv(), if open => match message {
                Some(()) if checks && expired => {}
                Some(()) => queue.reset(&key, LIFE),
                None => open = false,
            },
        }
    }
    client.await.unwrap();
}

#[coyote::test(expect = "bug", message = "invalid key")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
