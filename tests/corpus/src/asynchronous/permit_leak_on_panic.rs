//! A job gives its permit back by hand at its end, and panics before if it comes too early.
//!
//! The supervisor survives that, but whoever needs all permits waits for ever. No preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "permit_leak_on_panic",
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
    use std::sync::{Arc, Mutex};

    use tokio::sync::Semaphore;
    use tokio::task::yield_now;

    #[derive(Clone)]
    struct App {
        limit: Arc<Semaphore>,
        rate: Arc<Mutex<Option<u32>>>,
    }

    impl App {
        fn price(&self, amount: u32) -> u32 {
            let rate = *self.rate.lock().unwrap();
            amount * rate.expect("no rate yet")
        }
    }

    async fn job(app: App) -> u32 {
        app.limit.acquire().await.unwrap().forget();
        let price = app.price(7);
        app.limit.add_permits(1);
        price
    }

    async fn job_with_guard(app: App) -> u32 {
        let _permit = app.limit.acquire().await.unwrap();
        app.price(7)
    }

    pub(super) async fn buggy() {
        run(job).await;
    }

    pub(super) async fn correct() {
        run(job_with_guard).await;
    }

    async fn run<F: Future<Output = u32> + Send + 'static>(job: fn(App) -> F) {
        let app = App { limit: Arc::new(Semaphore::new(2)), rate: Arc::default() };
        let loader = tokio::spawn({
            let rate = Arc::clone(&app.rate);
            async move {
                yield_now().await;
                *rate.lock().unwrap() = Some(3);
            }
        });
        // A job that fails is tried again once.
        if tokio::spawn(job(app.clone())).await.is_err() {
            loader.await.unwrap();
            assert_eq!(tokio::spawn(job(app.clone())).await.unwrap(), 21);
        } else {
            loader.await.unwrap();
        }
        // Wait until all jobs have ended.
        drop(app.limit.acquire_many(2).await.unwrap());
    }
}
