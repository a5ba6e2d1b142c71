//! The first test: one that passes, and says how to see it fail.

/// What the test needs of tokio.
pub(super) const FEATURES: &[&str] = &["macros", "rt-multi-thread", "sync"];

/// Returns the test.
pub(super) fn text(has_tokio: bool) -> &'static str {
    if has_tokio { TOKIO } else { STD }
}

const TOKIO: &str = r#"//! A first concurrency test. `cargo coyote test` explores its schedules; `cargo test` runs it once.

use std::sync::Arc;

use tokio::sync::Mutex;

/// Reads, and then writes what it has read and one more: nothing may come in between.
async fn hit(hits: &Mutex<u32>) {
    // Take the lock for each of the two lines instead, and `cargo coyote test` shows the schedule that loses a hit:
    //     let seen = *hits.lock().await;
    //     *hits.lock().await = seen + 1;
    let mut hits = hits.lock().await;
    *hits += 1;
}

#[coyote::test]
async fn no_hit_is_lost() {
    let hits = Arc::new(Mutex::new(0));
    let other = tokio::spawn({
        let hits = hits.clone();
        async move { hit(&hits).await }
    });
    hit(&hits).await;
    other.await.unwrap();
    assert_eq!(*hits.lock().await, 2);
}
"#;

const STD: &str = r#"//! A first concurrency test. `cargo coyote test` explores its schedules; `cargo test` runs it once.

/// Under control, the attribute has `std::sync` and `std::thread` replaced here; mark your own modules with it, too.
#[coyote::instrument]
mod hits {
    use std::sync::{Arc, Mutex};
    use std::thread;

    /// Reads, and then writes what it has read and one more: nothing may come in between.
    fn hit(hits: &Mutex<u32>) {
        // Take the lock for each of the two lines instead, and `cargo coyote test` shows the schedule that loses a hit:
        //     let seen = *hits.lock().unwrap();
        //     *hits.lock().unwrap() = seen + 1;
        let mut hits = hits.lock().unwrap();
        *hits += 1;
    }

    #[coyote::test]
    fn no_hit_is_lost() {
        let hits = Arc::new(Mutex::new(0));
        let other = thread::spawn({
            let hits = hits.clone();
            move || hit(&hits)
        });
        hit(&hits);
        other.join().unwrap();
        assert_eq!(*hits.lock().unwrap(), 2);
    }
}
"#;
