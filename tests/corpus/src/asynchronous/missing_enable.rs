//! Receivers of a channel made of a queue and a `Notify` listen only once they have found the queue empty.
//!
//! Two that have both looked before two messages come share the one permit that `notify_one` can store: three
//! preemptions, of the sender and of both receivers. tokio's documentation of `Notified::enable` warns of it.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "missing_enable",
    family: Family::Async,
    depth: 3,
    expected: Expected::Deadlock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::collections::VecDeque;
    use std::pin::pin;
    use std::sync::{Arc, Mutex};

    use tokio::sync::Notify;

    #[derive(Default)]
    struct Channel {
        messages: Mutex<VecDeque<u32>>,
        sent: Notify,
    }

    impl Channel {
        fn send(&self, message: u32) {
            self.messages.lock().unwrap().push_back(message);
            self.sent.notify_one();
        }

        fn take(&self) -> Option<u32> {
            self.messages.lock().unwrap().pop_front()
        }

        async fn receive(&self) -> u32 {
            loop {
                if let Some(message) = self.take() {
                    return message;
                }
                self.sent.notified().await;
            }
        }

        async fn receive_enabled(&self) -> u32 {
            let mut sent = pin!(self.sent.notified());
            loop {
                sent.as_mut().enable();
                if let Some(message) = self.take() {
                    return message;
                }
                sent.as_mut().await;
                sent.set(self.sent.notified());
            }
        }
    }

    pub(super) async fn buggy() {
        let channel = Arc::new(Channel::default());
        let receivers = [0, 1].map(|_| {
            let channel = Arc::clone(&channel);
            tokio::spawn(async move { channel.receive().await })
        });
        finish(&channel, receivers).await;
    }

    pub(super) async fn correct() {
        let channel = Arc::new(Channel::default());
        let receivers = [0, 1].map(|_| {
            let channel = Arc::clone(&channel);
            tokio::spawn(async move { channel.receive_enabled().await })
        });
        finish(&channel, receivers).await;
    }

    async fn finish(channel: &Channel, receivers: [tokio::task::JoinHandle<u32>; 2]) {
        channel.send(1);
        channel.send(2);
        let mut sum = 0;
        for receiver in receivers {
            sum += receiver.await.unwrap();
        }
        assert_eq!(sum, 3);
    }
}
