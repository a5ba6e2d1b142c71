//! A waiter looks at the condition first and begins to listen only then.
//!
//! `notify_waiters` in between reaches nobody: one preemption, of the waiter.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "lost_notify",
    family: Family::Async,
    depth: 1,
    expected: Expected::Deadlock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    use tokio::sync::Notify;

    #[derive(Default)]
    struct Gate {
        open: AtomicBool,
        opened: Notify,
    }

    impl Gate {
        fn open(&self) {
            self.open.store(true, SeqCst);
            self.opened.notify_waiters();
        }

        async fn pass(&self) {
            while !self.open.load(SeqCst) {
                self.opened.notified().await;
            }
        }

        async fn pass_listening(&self) {
            loop {
                let opened = self.opened.notified();
                if self.open.load(SeqCst) {
                    return;
                }
                opened.await;
            }
        }
    }

    pub(super) async fn buggy() {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let opener = tokio::spawn(async move { opener.open() });
        gate.pass().await;
        opener.await.unwrap();
    }

    pub(super) async fn correct() {
        let gate = Arc::new(Gate::default());
        let opener = Arc::clone(&gate);
        let opener = tokio::spawn(async move { opener.open() });
        gate.pass_listening().await;
        opener.await.unwrap();
    }
}
