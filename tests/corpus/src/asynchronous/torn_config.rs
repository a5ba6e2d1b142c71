//! Two settings that belong together are behind a lock each.
//!
//! A request that comes between the two changes sees one old and one new: two preemptions, to the change and back.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "torn_config",
    family: Family::Async,
    depth: 2,
    expected: Expected::Panic("the settings do not fit"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::Arc;

    use tokio::sync::RwLock;

    struct Config {
        limit: RwLock<u32>,
        burst: RwLock<u32>,
        both: RwLock<(u32, u32)>,
    }

    impl Config {
        async fn change(&self, limit: u32, burst: u32) {
            *self.limit.write().await = limit;
            *self.burst.write().await = burst;
        }

        async fn read(&self) -> (u32, u32) {
            let limit = *self.limit.read().await;
            (limit, *self.burst.read().await)
        }
    }

    fn config() -> Arc<Config> {
        Arc::new(Config { limit: RwLock::new(10), burst: RwLock::new(5), both: RwLock::new((10, 5)) })
    }

    pub(super) async fn buggy() {
        let config = config();
        let changing = Arc::clone(&config);
        let change = tokio::spawn(async move { changing.change(4, 2).await });
        let (limit, burst) = config.read().await;
        assert!(burst < limit, "the settings do not fit");
        change.await.unwrap();
    }

    pub(super) async fn correct() {
        let config = config();
        let changing = Arc::clone(&config);
        let change = tokio::spawn(async move { *changing.both.write().await = (4, 2) });
        let (limit, burst) = *config.both.read().await;
        assert!(burst < limit, "the settings do not fit");
        change.await.unwrap();
    }
}
