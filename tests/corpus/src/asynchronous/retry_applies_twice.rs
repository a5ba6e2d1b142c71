//! A client that has waited long enough sends its request again, and the server applies both.
//!
//! The answer to the first one was on its way. Deadlines that are equal expire in any order; no preemption is
//! needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "retry_applies_twice",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("charged more than once"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::time::Duration;

    use tokio::sync::{mpsc, oneshot};
    use tokio::time::{sleep, timeout};

    const LATENCY: Duration = Duration::from_millis(10);

    struct Charge {
        id: u32,
        amount: u32,
        done: oneshot::Sender<()>,
    }

    async fn serve(mut charges: mpsc::Receiver<Charge>, forgets: bool) -> u32 {
        let mut applied = Vec::new();
        let mut total = 0;
        while let Some(charge) = charges.recv().await {
            sleep(LATENCY).await;
            if forgets || !applied.contains(&charge.id) {
                total += charge.amount;
                applied.push(charge.id);
            }
            // The client may have given up waiting.
            let _ = charge.done.send(());
        }
        total
    }

    async fn charge(server: mpsc::Sender<Charge>) {
        for _ in 0..3 {
            let (done, answer) = oneshot::channel();
            server.send(Charge { id: 1, amount: 100, done }).await.unwrap();
            if timeout(LATENCY, answer).await.is_ok() {
                return;
            }
        }
    }

    pub(super) async fn buggy() {
        run(true).await;
    }

    pub(super) async fn correct() {
        run(false).await;
    }

    async fn run(forgets: bool) {
        let (send, charges) = mpsc::channel(4);
        let server = tokio::spawn(serve(charges, forgets));
        charge(send).await;
        assert_eq!(server.await.unwrap(), 100, "charged more than once");
    }
}
