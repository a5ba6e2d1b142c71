//! A consumer waits for an item by `if` instead of `while`.
//!
//! Two consumers are woken by `notify_all` for one item: one preemption, of the producer, before it puts in
//! another.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "condvar_without_loop",
    family: Family::Async,
    depth: 1,
    expected: Expected::Panic("woken, but there is no item"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::collections::VecDeque;
    use std::sync::{Arc, Condvar, Mutex};

    use tokio::task::spawn_blocking;

    #[derive(Default)]
    struct Queue {
        items: Mutex<VecDeque<u32>>,
        added: Condvar,
    }

    impl Queue {
        fn put(&self, item: u32) {
            self.items.lock().unwrap().push_back(item);
            self.added.notify_all();
        }

        fn take(&self) -> u32 {
            let mut items = self.items.lock().unwrap();
            if items.is_empty() {
                items = self.added.wait(items).unwrap();
            }
            items.pop_front().expect("woken, but there is no item")
        }

        fn take_in_loop(&self) -> u32 {
            let mut items = self.items.lock().unwrap();
            loop {
                match items.pop_front() {
                    Some(item) => return item,
                    None => items = self.added.wait(items).unwrap(),
                }
            }
        }
    }

    pub(super) async fn buggy() {
        run(Queue::take).await;
    }

    pub(super) async fn correct() {
        run(Queue::take_in_loop).await;
    }

    async fn run(take: fn(&Queue) -> u32) {
        let queue = Arc::new(Queue::default());
        let consumers = [0, 1].map(|_| {
            let queue = Arc::clone(&queue);
            spawn_blocking(move || take(&queue))
        });
        let producer = spawn_blocking(move || {
            queue.put(1);
            queue.put(2);
        });
        for consumer in consumers {
            consumer.await.unwrap();
        }
        producer.await.unwrap();
    }
}
