//! A future that receives two messages is cancelled by `select!` between the two.
//!
//! The first message is gone with it. It takes a tick that comes between the messages: no preemption, if the
//! sender has to wait for room.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "select_loses_message",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("a message was lost"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::sync::mpsc::{self, Receiver};
    use tokio::task::yield_now;

    async fn pair(messages: &mut Receiver<u32>) -> Option<[u32; 2]> {
        let first = messages.recv().await?;
        let second = messages.recv().await?;
        Some([first, second])
    }

    /// What was received stays in `partial` if the future is dropped.
    async fn pair_kept(messages: &mut Receiver<u32>, partial: &mut Vec<u32>) -> Option<[u32; 2]> {
        while partial.len() < 2 {
            partial.push(messages.recv().await?);
        }
        let pair = [partial[0], partial[1]];
        partial.clear();
        Some(pair)
    }

    pub(super) async fn buggy() {
        run(false).await;
    }

    pub(super) async fn correct() {
        run(true).await;
    }

    async fn run(keeps: bool) {
        let (send, mut messages) = mpsc::channel(1);
        let (tick, mut ticks) = mpsc::channel(1);
        let sender = tokio::spawn(async move {
            for message in 0..4 {
                send.send(message).await.unwrap();
            }
        });
        let ticker = tokio::spawn(async move {
            yield_now().await;
            tick.send(()).await.unwrap();
        });
        let (mut received, mut partial) = (Vec::new(), Vec::new());
        loop {
            let next = async {
                if keeps { pair_kept(&mut messages, &mut partial).await } else { pair(&mut messages).await }
            };
            tokio::select! {
                pair = next => match pair {
                    Some(pair) => received.extend(pair),
                    None => break,
                },
                Some(()) = ticks.recv() => {}
            }
        }
        sender.await.unwrap();
        ticker.await.unwrap();
        assert_eq!(received, [0, 1, 2, 3], "a message was lost");
    }
}
