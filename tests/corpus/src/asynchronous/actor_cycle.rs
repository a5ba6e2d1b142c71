//! Two actors ask each other while they handle a message, and answer nothing until they have their answer.
//!
//! If both are asked from outside before either has asked the other, both wait for ever. No preemption is
//! needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "actor_cycle",
    family: Family::Async,
    depth: 0,
    expected: Expected::Deadlock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::sync::{mpsc, oneshot};
    use tokio::task::yield_now;

    enum Message {
        /// Asks for the actor's own count.
        Count(oneshot::Sender<u32>),
        /// Asks for the count of both.
        Total(oneshot::Sender<u32>),
    }

    type Mailbox = mpsc::Sender<Message>;

    async fn ask(actor: &Mailbox, message: fn(oneshot::Sender<u32>) -> Message) -> u32 {
        let (reply, answer) = oneshot::channel();
        // An actor that is gone drops the reply.
        let _ = actor.send(message(reply)).await;
        answer.await.unwrap_or(0)
    }

    async fn total(own: u32, peer: Mailbox, reply: oneshot::Sender<u32>) {
        yield_now().await;
        let total = own + ask(&peer, Message::Count).await;
        reply.send(total).unwrap();
    }

    async fn actor(own: u32, mut mailbox: mpsc::Receiver<Message>, peer: Mailbox, detaches: bool) {
        // One question from outside, one from the peer.
        for _ in 0..2 {
            match mailbox.recv().await {
                Some(Message::Count(reply)) => reply.send(own).unwrap(),
                Some(Message::Total(reply)) if detaches => {
                    tokio::spawn(total(own, peer.clone(), reply));
                }
                Some(Message::Total(reply)) => total(own, peer.clone(), reply).await,
                None => return,
            }
        }
    }

    pub(super) async fn buggy() {
        run(false).await;
    }

    pub(super) async fn correct() {
        run(true).await;
    }

    async fn run(detaches: bool) {
        let (left, left_mailbox) = mpsc::channel(1);
        let (right, right_mailbox) = mpsc::channel(1);
        let actors = [
            tokio::spawn(actor(1, left_mailbox, right.clone(), detaches)),
            tokio::spawn(actor(2, right_mailbox, left.clone(), detaches)),
        ];
        let clients =
            [left, right].map(|actor| tokio::spawn(async move { ask(&actor, Message::Total).await }));
        for client in clients {
            assert_eq!(client.await.unwrap(), 3);
        }
        for actor in actors {
            actor.await.unwrap();
        }
    }
}
