//! Two events are sent by tasks of their own, and arrive in any order.
//!
//! The consumer expects the first one first. No preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "event_order",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("updated before it was created"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::sync::mpsc;

    #[derive(PartialEq, Eq)]
    enum Event {
        Created(u32),
        Updated(u32),
    }

    async fn publish(events: mpsc::Sender<Event>, event: Event) {
        events.send(event).await.expect("the consumer is there");
    }

    async fn consume(mut events: mpsc::Receiver<Event>) {
        let mut known = Vec::new();
        while let Some(event) = events.recv().await {
            match event {
                Event::Created(id) => known.push(id),
                Event::Updated(id) => assert!(known.contains(&id), "updated before it was created"),
            }
        }
    }

    pub(super) async fn buggy() {
        let (send, events) = mpsc::channel(4);
        let consumer = tokio::spawn(consume(events));
        let created = tokio::spawn(publish(send.clone(), Event::Created(1)));
        let updated = tokio::spawn(publish(send, Event::Updated(1)));
        let _ = tokio::join!(created, updated);
        consumer.await.unwrap();
    }

    pub(super) async fn correct() {
        let (send, events) = mpsc::channel(4);
        let consumer = tokio::spawn(consume(events));
        publish(send.clone(), Event::Created(1)).await;
        publish(send, Event::Updated(1)).await;
        consumer.await.unwrap();
    }
}
