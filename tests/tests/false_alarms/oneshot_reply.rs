//! A client asks a server and waits for its reply, on a `oneshot` channel.
//! The mistake: a busy server drops the request, and the client unwraps.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::oneshot;

use crate::suite::tasks;

async fn serve(request: oneshot::Sender<Result<u32, &'static str>>, busy: &AtomicBool, refuse: bool) {
    if !busy.load(Ordering::SeqCst) {
        let _ = request.send(Ok(42));
    } else if refuse {
        let _ = request.send(Err("busy"));
    }
}

async fn ask(refuse: bool) {
    let busy = Arc::new(AtomicBool::new(false));
    let (request, reply) = oneshot::channel();
    let server = tokio::spawn({
        let busy = Arc::clone(&busy);
        async move { serve(request, &busy, refuse).await }
    });
    busy.store(true, Ordering::SeqCst);
    let reply = reply.await.expect("the server always replies");
    assert!(matches!(reply, Ok(42) | Err("busy")));
    server.await.expect("nobody aborts it");
}

#[test]
fn a_refusal_is_a_reply() {
    tasks(|| ask(true)).passes();
}

#[test]
fn a_dropped_request_has_no_reply() {
    tasks(|| ask(false)).panics("the server always replies");
}
