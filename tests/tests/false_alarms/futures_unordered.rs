//! Requests are awaited with `FuturesUnordered`, whose wakers are its own, and answered on a channel of the
//! `futures` crate, which is not mirrored.
//! The mistake: to expect answers in the order of the requests.

use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Duration, timeout};

use crate::suite::{Mode, tasks};

async fn request(number: u32, answers: UnboundedSender<u32>) {
    let answer = tokio::spawn(async move { number * number });
    let answer = answer.await.expect("nobody aborts it");
    answers.unbounded_send(answer).expect("the receiver is there");
}

async fn answers() -> Vec<u32> {
    let (sender, receiver) = unbounded();
    let mut requests: FuturesUnordered<_> = (1..=3).map(|number| request(number, sender.clone())).collect();
    drop(sender);
    let collector = tokio::spawn(receiver.collect::<Vec<u32>>());
    while let Ok(Some(())) = timeout(Duration::from_secs(1), requests.next()).await {}
    drop(requests);
    collector.await.expect("nobody aborts it")
}

async fn sort_them() {
    let mut answers = answers().await;
    answers.sort_unstable();
    assert_eq!(answers, [1, 4, 9]);
}

async fn trust_their_order() {
    assert_eq!(answers().await, [1, 4, 9], "out of order");
}

#[test]
fn all_answers_arrive() {
    // On a slow machine a second may not be enough.
    tasks(sort_them).except(Mode::Racing).passes();
}

#[test]
fn answers_arrive_in_any_order() {
    tasks(trust_their_order).panics("out of order");
}
