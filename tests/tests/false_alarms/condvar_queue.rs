//! A queue for two consumers, with std's `Condvar`.
//! The mistake: `if` where there must be a loop. One who comes in between may have taken the item.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::collections::VecDeque;
    use std::sync::{Arc, Condvar, Mutex};
    use std::thread;

    #[derive(Default)]
    pub(super) struct Queue {
        items: Mutex<VecDeque<u32>>,
        filled: Condvar,
    }

    impl Queue {
        fn push(&self, item: u32) {
            self.items.lock().unwrap().push_back(item);
            self.filled.notify_all();
        }

        pub(super) fn pop(&self) -> u32 {
            let mut items = self.items.lock().unwrap();
            loop {
                match items.pop_front() {
                    Some(item) => return item,
                    None => items = self.filled.wait(items).unwrap(),
                }
            }
        }

        pub(super) fn pop_after_one_wait(&self) -> u32 {
            let mut items = self.items.lock().unwrap();
            if items.is_empty() {
                items = self.filled.wait(items).unwrap();
            }
            items.pop_front().expect("an item was announced")
        }
    }

    pub(super) fn consume(pop: fn(&Queue) -> u32) {
        let queue = Arc::new(Queue::default());
        let consumers = [0, 1].map(|_| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || pop(&queue))
        });
        queue.push(1);
        queue.push(2);
        let sum: u32 = consumers.into_iter().map(|consumer| consumer.join().unwrap()).sum();
        assert_eq!(sum, 3);
    }
}

use program::{Queue, consume};

#[test]
fn a_loop_waits_for_an_item() {
    threads(|| consume(Queue::pop)).passes();
}

#[test]
fn one_wait_may_end_without_an_item() {
    threads(|| consume(Queue::pop_after_one_wait)).panics("an item was announced");
}
