//! A leader takes its lease for valid up to and including the moment at which it ends.
//!
//! At that moment another node takes over, so that both lead. Deadlines that are equal expire in any order; no
//! preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "lease_overlap",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("two leaders at a time"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tokio::task::yield_now;
    use tokio::time::{Instant, sleep, sleep_until};

    const LEASE: Duration = Duration::from_millis(10);

    struct Cluster {
        lease_ends: Mutex<Instant>,
        writing: AtomicU32,
    }

    impl Cluster {
        /// Takes over if the lease has ended, and returns when the new one ends.
        fn take_over(&self) -> Option<Instant> {
            let mut lease_ends = self.lease_ends.lock().unwrap();
            if *lease_ends > Instant::now() {
                return None;
            }
            *lease_ends = Instant::now() + LEASE;
            Some(*lease_ends)
        }

        async fn write(&self) {
            assert_eq!(self.writing.fetch_add(1, SeqCst), 0, "two leaders at a time");
            yield_now().await;
            self.writing.fetch_sub(1, SeqCst);
        }
    }

    pub(super) async fn buggy() {
        run(|now, ends| now <= ends).await;
    }

    pub(super) async fn correct() {
        run(|now, ends| now < ends).await;
    }

    async fn run(is_valid: fn(Instant, Instant) -> bool) {
        let cluster = Cluster { lease_ends: Mutex::new(Instant::now()), writing: AtomicU32::new(0) };
        let cluster = Arc::new(cluster);
        let ends = cluster.take_over().expect("nobody has the lease");
        let leader = tokio::spawn({
            let cluster = Arc::clone(&cluster);
            async move {
                for _ in 0..2 {
                    sleep(LEASE / 2).await;
                    if is_valid(Instant::now(), ends) {
                        cluster.write().await;
                    }
                }
            }
        });
        let follower = tokio::spawn(async move {
            sleep_until(ends).await;
            if cluster.take_over().is_some() {
                cluster.write().await;
            }
        });
        leader.await.unwrap();
        follower.await.unwrap();
    }
}
