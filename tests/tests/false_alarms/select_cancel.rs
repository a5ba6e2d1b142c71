//! Pairs of numbers are read from a channel, in a loop that watches a second channel.
//! The mistake: half a pair is kept in a future that `select!` drops when the other branch is first.

use tokio::sync::mpsc::{self, Receiver};

use crate::suite::tasks;

async fn read_pair(numbers: &mut Receiver<u32>, half: &mut Option<u32>) -> Option<u32> {
    if half.is_none() {
        *half = Some(numbers.recv().await?);
    }
    let second = numbers.recv().await?;
    half.take().map(|first| first + second)
}

async fn read_pair_in_one_go(numbers: &mut Receiver<u32>, _half: &mut Option<u32>) -> Option<u32> {
    let first = numbers.recv().await?;
    let second = numbers.recv().await?;
    Some(first + second)
}

async fn sum_pairs(read: impl AsyncFn(&mut Receiver<u32>, &mut Option<u32>) -> Option<u32>) {
    let (sender, mut numbers) = mpsc::channel(1);
    let (pulse, mut pulses) = mpsc::channel(1);
    tokio::spawn(async move {
        for number in [1, 2, 3, 4] {
            if sender.send(number).await.is_err() {
                break;
            }
        }
    });
    tokio::spawn(async move {
        for _ in 0..2 {
            if pulse.send(()).await.is_err() {
                break;
            }
        }
    });
    let (mut sum, mut half, mut alive) = (0, None, true);
    loop {
        tokio::select! {
            pair = read(&mut numbers, &mut half) => match pair {
                Some(pair) => sum += pair,
                None => break,
            },
            pulse = pulses.recv(), if alive => alive = pulse.is_some(),
        }
    }
    assert_eq!(sum, 10, "a number was lost");
}

#[test]
fn half_a_pair_outlives_its_future() {
    tasks(|| sum_pairs(read_pair)).passes();
}

#[test]
fn half_a_pair_is_dropped_with_its_future() {
    tasks(|| sum_pairs(read_pair_in_one_go)).panics("a number was lost");
}
