//! A task on a runtime with one worker waits for another task by a channel of std.
//! The mistake: it blocks the worker that the other needs, instead of a blocking thread.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::mpsc::{Receiver, channel};

    use tokio::runtime::{Builder, Runtime};
    use tokio::task::spawn_blocking;

    pub(super) async fn receive_elsewhere(answer: Receiver<u32>) -> u32 {
        spawn_blocking(move || answer.recv()).await.unwrap().unwrap()
    }

    pub(super) async fn receive_here(answer: Receiver<u32>) -> u32 {
        answer.recv().unwrap()
    }

    fn one_worker() -> Runtime {
        Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    }

    pub(super) fn ask<F: Future<Output = u32> + Send + 'static>(receive: fn(Receiver<u32>) -> F) {
        let runtime = one_worker();
        let (sender, answer) = channel();
        let asking = runtime.spawn(receive(answer));
        let answering = runtime.spawn(async move { sender.send(42).unwrap() });
        assert_eq!(runtime.block_on(asking).unwrap(), 42);
        runtime.block_on(answering).unwrap();
    }
}

use program::{ask, receive_elsewhere, receive_here};

#[test]
fn a_blocking_thread_leaves_the_worker_free() {
    threads(|| ask(receive_elsewhere)).passes();
}

#[test]
fn blocking_the_only_worker_deadlocks() {
    threads(|| ask(receive_here)).deadlocks();
}
