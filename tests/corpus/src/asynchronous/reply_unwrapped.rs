//! A server takes for granted that whoever has asked still waits for the answer.
//!
//! A client that was cancelled by then lets it panic, and with it all other clients' requests. No preemption is
//! needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "reply_unwrapped",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("the client waits"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use tokio::sync::{mpsc, oneshot};
    use tokio::task::yield_now;

    type Request = oneshot::Sender<u32>;

    async fn serve(mut requests: mpsc::Receiver<Request>, answer: fn(Request)) {
        while let Some(request) = requests.recv().await {
            yield_now().await;
            answer(request);
        }
    }

    async fn ask(server: mpsc::Sender<Request>) -> u32 {
        let (request, answer) = oneshot::channel();
        server.send(request).await.expect("the server is there");
        answer.await.expect("the server answers")
    }

    pub(super) async fn buggy() {
        run(|request| request.send(42).expect("the client waits")).await;
    }

    pub(super) async fn correct() {
        run(|request| {
            let _ = request.send(42);
        })
        .await;
    }

    async fn run(answer: fn(Request)) {
        let (send, requests) = mpsc::channel(2);
        let server = tokio::spawn(serve(requests, answer));
        let client = tokio::spawn(ask(send.clone()));
        yield_now().await;
        client.abort();
        // Aborted, or done already.
        let _ = client.await;
        drop(send);
        server.await.unwrap();
    }
}
