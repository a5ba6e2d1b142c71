//! The destructor of a connection blocks its thread until the data is written, by a task of the same thread.
//!
//! If the writer has not been there before, it never will. A single-threaded runtime; no preemption is
//! needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "blocking_drop",
    family: Family::Async,
    depth: 0,
    expected: Expected::Deadlock,
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Condvar, Mutex};

    use tokio::runtime::Builder;
    use tokio::sync::Notify;
    use tokio::task::yield_now;

    #[derive(Default)]
    struct Outbox {
        unwritten: Mutex<u32>,
        written: Condvar,
        has_data: Notify,
        was_written: Notify,
    }

    impl Outbox {
        async fn write(&self) {
            self.has_data.notified().await;
            *self.unwritten.lock().unwrap() = 0;
            self.written.notify_all();
            self.was_written.notify_one();
        }
    }

    struct Connection(Arc<Outbox>);

    impl Connection {
        fn send(&self) {
            *self.0.unwritten.lock().unwrap() += 1;
            self.0.has_data.notify_one();
        }

        async fn close(self) {
            while *self.0.unwritten.lock().unwrap() > 0 {
                self.0.was_written.notified().await;
            }
        }
    }

    impl Drop for Connection {
        fn drop(&mut self) {
            let mut unwritten = self.0.unwritten.lock().unwrap();
            while *unwritten > 0 {
                unwritten = self.0.written.wait(unwritten).unwrap();
            }
        }
    }

    pub(super) fn buggy() {
        run(async |connection| {
            yield_now().await;
            drop(connection);
        });
    }

    pub(super) fn correct() {
        run(Connection::close);
    }

    fn run(end: impl AsyncFnOnce(Connection)) {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let outbox = Arc::new(Outbox::default());
            let writer = tokio::spawn({
                let outbox = Arc::clone(&outbox);
                async move { outbox.write().await }
            });
            let connection = Connection(outbox);
            connection.send();
            end(connection).await;
            writer.await.unwrap();
        });
    }
}
