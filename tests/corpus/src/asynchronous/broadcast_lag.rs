//! A subscriber takes every error of `broadcast` for the end of the stream.
//!
//! `Lagged` only says that it was too slow: it stops with an outdated view. It takes a producer that is two
//! messages ahead of the room there is: one preemption.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "broadcast_lag",
    family: Family::Async,
    depth: 1,
    expected: Expected::Panic("the view is outdated"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::sync::broadcast::{self, Receiver, error::RecvError};

    const LAST: u32 = 4;

    async fn follow(mut prices: Receiver<u32>) -> u32 {
        let mut view = 0;
        while let Ok(price) = prices.recv().await {
            view = price;
        }
        view
    }

    async fn follow_in_spite_of_lag(mut prices: Receiver<u32>) -> u32 {
        let mut view = 0;
        loop {
            match prices.recv().await {
                Ok(price) => view = price,
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return view,
            }
        }
    }

    pub(super) async fn buggy() {
        run(follow).await;
    }

    pub(super) async fn correct() {
        run(follow_in_spite_of_lag).await;
    }

    async fn run<F: Future<Output = u32> + Send + 'static>(follow: fn(Receiver<u32>) -> F) {
        let (publish, prices) = broadcast::channel(2);
        let follower = tokio::spawn(follow(prices));
        for price in 1..=LAST {
            // A follower that has left takes no more.
            let _ = publish.send(price);
            tokio::task::yield_now().await;
        }
        drop(publish);
        assert_eq!(follower.await.unwrap(), LAST, "the view is outdated");
    }
}
