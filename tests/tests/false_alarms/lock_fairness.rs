//! tokio's `Mutex` serves those who wait in their order, as documented; so does its `Semaphore`.
//! The mistake: to believe that a future waits as soon as it is made. It does when it is first polled.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use tokio::sync::{Mutex, Semaphore};

use crate::suite::tasks;

async fn begin<F: Future>(mut future: Pin<&mut F>) {
    poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

async fn queue_at_a_mutex(poll_first: bool) {
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut first = order.lock().await;
    let mut second = pin!(order.lock());
    if poll_first {
        begin(second.as_mut()).await;
    }
    let third = tokio::spawn({
        let order = Arc::clone(&order);
        async move { order.lock().await.push(3) }
    });
    first.push(1);
    drop(first);
    second.await.push(2);
    third.await.expect("nobody aborts it");
    assert_eq!(*order.lock().await, [1, 2, 3], "out of turn");
}

async fn queue_at_a_semaphore() {
    let (permits, taken) = (Arc::new(Semaphore::new(1)), Arc::new(Mutex::new(Vec::new())));
    let mut many = pin!(permits.acquire_many(2));
    begin(many.as_mut()).await;
    let one = tokio::spawn({
        let (permits, taken) = (Arc::clone(&permits), Arc::clone(&taken));
        async move {
            let _permit = permits.acquire().await.expect("not closed");
            taken.lock().await.push(1);
        }
    });
    permits.add_permits(1);
    let both = many.await.expect("not closed");
    taken.lock().await.push(2);
    drop(both);
    one.await.expect("nobody aborts it");
    assert_eq!(*taken.lock().await, [2, 1], "out of turn");
}

#[test]
fn a_mutex_serves_in_order_of_waiting() {
    tasks(|| queue_at_a_mutex(true)).passes();
}

#[test]
fn a_semaphore_serves_in_order_of_waiting() {
    tasks(queue_at_a_semaphore).passes();
}

#[test]
fn a_future_that_was_not_polled_does_not_wait_yet() {
    tasks(|| queue_at_a_mutex(false)).panics("out of turn");
}
