//! A request keeps its connection while it asks the pool for a second one.
//!
//! Two requests that have one each wait for ever in a pool of two. The first query lets the other task run, so
//! that no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "pool_starvation",
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

    use tokio::sync::{OwnedSemaphorePermit, Semaphore};
    use tokio::task::yield_now;

    #[derive(Clone)]
    struct Pool(Arc<Semaphore>);

    struct Connection(OwnedSemaphorePermit);

    impl Pool {
        async fn connect(&self) -> Connection {
            Connection(Arc::clone(&self.0).acquire_owned().await.unwrap())
        }
    }

    impl Connection {
        async fn query(&self) -> usize {
            yield_now().await;
            self.0.num_permits()
        }
    }

    async fn audit(pool: &Pool) -> usize {
        pool.connect().await.query().await
    }

    async fn request(pool: Pool) -> usize {
        let connection = pool.connect().await;
        connection.query().await + audit(&pool).await
    }

    async fn request_in_turn(pool: Pool) -> usize {
        let found = pool.connect().await.query().await;
        found + audit(&pool).await
    }

    pub(super) async fn buggy() {
        run(request).await;
    }

    pub(super) async fn correct() {
        run(request_in_turn).await;
    }

    async fn run<F: Future<Output = usize> + Send + 'static>(request: fn(Pool) -> F) {
        let pool = Pool(Arc::new(Semaphore::new(2)));
        let requests = [0, 1].map(|_| tokio::spawn(request(pool.clone())));
        for request in requests {
            assert_eq!(request.await.unwrap(), 2);
        }
    }
}
