//! The number of requests in flight is decremented at a handler's end, which a timeout may cut off.
//!
//! Shutdown then waits for ever until it is zero. The backend's answer and the timeout come at the same moment, in
//! either order; no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "inflight_leak",
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
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::sync::watch;
    use tokio::time::{sleep, timeout};

    const LIMIT: Duration = Duration::from_millis(10);

    struct Server {
        in_flight: watch::Sender<u32>,
    }

    /// Counts a request for as long as it lives.
    struct InFlight<'a>(&'a Server);

    impl Drop for InFlight<'_> {
        fn drop(&mut self) {
            self.0.in_flight.send_modify(|count| *count -= 1);
        }
    }

    async fn ask_backend() {
        tokio::spawn(sleep(LIMIT)).await.unwrap();
    }

    impl Server {
        async fn handle(&self) {
            self.in_flight.send_modify(|count| *count += 1);
            ask_backend().await;
            self.in_flight.send_modify(|count| *count -= 1);
        }

        async fn handle_with_guard(&self) {
            self.in_flight.send_modify(|count| *count += 1);
            let _in_flight = InFlight(self);
            ask_backend().await;
        }

        async fn drain(&self) {
            let mut count = self.in_flight.subscribe();
            count.wait_for(|&count| count == 0).await.expect("the sender is borrowed");
        }
    }

    pub(super) async fn buggy() {
        let server = server();
        // Answered or not, the client goes on.
        let _ = timeout(LIMIT, server.handle()).await;
        server.drain().await;
    }

    pub(super) async fn correct() {
        let server = server();
        let _ = timeout(LIMIT, server.handle_with_guard()).await;
        server.drain().await;
    }

    fn server() -> Arc<Server> {
        Arc::new(Server { in_flight: watch::Sender::new(0) })
    }
}
