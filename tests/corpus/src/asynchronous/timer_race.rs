//! A request's timeout fires at the very moment its answer comes, and both finish it.
//!
//! The one that is second does not find it any more. The two deadlines are equal, and one preemption, of the timeout,
//! lets the answer come between its look and its removal.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "timer_race",
    family: Family::Async,
    depth: 1,
    expected: Expected::Panic("the request is pending"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tokio::sync::oneshot;
    use tokio::time::sleep;

    type Reply = oneshot::Sender<Result<u32, &'static str>>;

    #[derive(Default)]
    struct Pending(Mutex<BTreeMap<u32, Reply>>);

    impl Pending {
        fn finish(&self, id: u32, result: Result<u32, &'static str>) {
            let reply = self.0.lock().unwrap().remove(&id);
            // Whoever asked may be gone.
            let _ = reply.expect("the request is pending").send(result);
        }

        fn finish_if_pending(&self, id: u32, result: Result<u32, &'static str>) {
            let reply = self.0.lock().unwrap().remove(&id);
            if let Some(reply) = reply {
                let _ = reply.send(result);
            }
        }

        fn is_pending(&self, id: u32) -> bool {
            self.0.lock().unwrap().contains_key(&id)
        }
    }

    async fn expire(pending: Arc<Pending>, id: u32) {
        sleep(Duration::from_millis(10)).await;
        if pending.is_pending(id) {
            pending.finish(id, Err("too late"));
        }
    }

    async fn expire_at_once(pending: Arc<Pending>, id: u32) {
        sleep(Duration::from_millis(10)).await;
        pending.finish_if_pending(id, Err("too late"));
    }

    pub(super) async fn buggy() {
        run(expire).await;
    }

    pub(super) async fn correct() {
        run(expire_at_once).await;
    }

    async fn run<F: Future<Output = ()> + Send + 'static>(expire: fn(Arc<Pending>, u32) -> F) {
        let pending = Arc::new(Pending::default());
        let (reply, answer) = oneshot::channel();
        pending.0.lock().unwrap().insert(1, reply);
        let timeout = tokio::spawn(expire(Arc::clone(&pending), 1));
        let server = tokio::spawn(async move {
            sleep(Duration::from_millis(10)).await;
            pending.finish_if_pending(1, Ok(42));
        });
        assert!(matches!(answer.await, Ok(Ok(42) | Err("too late"))));
        server.await.unwrap();
        timeout.await.unwrap();
    }
}
