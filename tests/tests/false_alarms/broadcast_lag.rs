//! A subscriber follows a `broadcast` channel of a small capacity.
//! The mistake: `Lagged` is taken for the end.

use tokio::sync::broadcast::{self, Receiver, error::RecvError};

use crate::suite::tasks;

async fn next_after_lag(news: &mut Receiver<u32>) -> Option<u32> {
    loop {
        match news.recv().await {
            Ok(value) => return Some(value),
            Err(RecvError::Lagged(skipped)) => assert!(skipped > 0),
            Err(RecvError::Closed) => return None,
        }
    }
}

async fn next_or_nothing(news: &mut Receiver<u32>) -> Option<u32> {
    news.recv().await.ok()
}

async fn follow(next: impl AsyncFn(&mut Receiver<u32>) -> Option<u32>) {
    let (sender, mut news) = broadcast::channel(2);
    let speaker = tokio::spawn(async move {
        for value in 1..=4 {
            sender.send(value).expect("a subscriber is there");
        }
    });
    let mut last = 0;
    while let Some(value) = next(&mut news).await {
        assert!(value > last);
        last = value;
    }
    assert_eq!(last, 4, "the latest news was missed");
    speaker.await.expect("nobody aborts it");
}

#[test]
fn after_a_lag_the_rest_arrives() {
    tasks(|| follow(next_after_lag)).passes();
}

#[test]
fn a_lag_is_not_the_end() {
    tasks(|| follow(next_or_nothing)).panics("the latest news was missed");
}
