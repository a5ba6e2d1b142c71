//! Whoever comes first starts a background task, by a flag that is read and then written.
//!
//! Two requests can both find it unset: one preemption.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "double_init",
    family: Family::Async,
    depth: 1,
    expected: Expected::Panic("the refresher was started twice"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

    #[derive(Default)]
    struct Service {
        started: AtomicBool,
        refreshers: AtomicU32,
    }

    fn claim(service: &Service) -> bool {
        if service.started.load(SeqCst) {
            return false;
        }
        service.started.store(true, SeqCst);
        true
    }

    fn claim_at_once(service: &Service) -> bool {
        !service.started.swap(true, SeqCst)
    }

    pub(super) async fn buggy() {
        run(claim).await;
    }

    pub(super) async fn correct() {
        run(claim_at_once).await;
    }

    async fn request(service: Arc<Service>, claim: fn(&Service) -> bool) {
        if claim(&service) {
            let refreshing = Arc::clone(&service);
            let refresher = tokio::spawn(async move {
                let before = refreshing.refreshers.fetch_add(1, SeqCst);
                assert_eq!(before, 0, "the refresher was started twice");
            });
            refresher.await.unwrap();
        }
    }

    async fn run(claim: fn(&Service) -> bool) {
        let service = Arc::new(Service::default());
        let requests = [0, 1].map(|_| tokio::spawn(request(Arc::clone(&service), claim)));
        for request in requests {
            request.await.unwrap();
        }
    }
}
