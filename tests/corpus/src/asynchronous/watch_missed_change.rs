//! A task looks at a `watch` and subscribes only when it has found it not ready.
//!
//! A new subscription has seen the current value, so that a change in between is never reported: one preemption.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "watch_missed_change",
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

    use tokio::sync::watch;

    struct Health {
        is_ready: watch::Sender<bool>,
    }

    impl Health {
        async fn ready(&self) {
            if *self.is_ready.borrow() {
                return;
            }
            let mut changes = self.is_ready.subscribe();
            changes.changed().await.expect("the sender is borrowed");
        }

        async fn ready_subscribed(&self) {
            let mut changes = self.is_ready.subscribe();
            changes.wait_for(|&is_ready| is_ready).await.expect("the sender is borrowed");
        }
    }

    fn starting() -> (Arc<Health>, tokio::task::JoinHandle<()>) {
        let health = Arc::new(Health { is_ready: watch::Sender::new(false) });
        let starting = Arc::clone(&health);
        (
            health,
            tokio::spawn(async move {
                starting.is_ready.send_replace(true);
            }),
        )
    }

    pub(super) async fn buggy() {
        let (health, start) = starting();
        health.ready().await;
        start.await.unwrap();
    }

    pub(super) async fn correct() {
        let (health, start) = starting();
        health.ready_subscribed().await;
        start.await.unwrap();
    }
}
