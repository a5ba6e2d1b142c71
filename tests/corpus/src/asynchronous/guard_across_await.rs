//! A std lock is held across an `.await` on a single-threaded runtime.
//!
//! The next task blocks the thread that would have gone on with the first. No preemption is needed.
//! A classic of the async book and of tokio's tutorial.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "guard_across_await",
    family: Family::Async,
    depth: 0,
    expected: Expected::Deadlock,
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::rc::Rc;
    use std::sync::Mutex;

    use tokio::runtime::Builder;
    use tokio::task::{LocalSet, yield_now};

    async fn fetch(key: u32) -> u32 {
        yield_now().await;
        key * 10
    }

    async fn fill(cache: Rc<Mutex<Vec<u32>>>, key: u32) {
        let mut cache = cache.lock().unwrap();
        if !cache.contains(&(key * 10)) {
            let value = fetch(key).await;
            cache.push(value);
        }
    }

    async fn fill_unlocked(cache: Rc<Mutex<Vec<u32>>>, key: u32) {
        let value = fetch(key).await;
        let mut cache = cache.lock().unwrap();
        if !cache.contains(&value) {
            cache.push(value);
        }
    }

    pub(super) fn buggy() {
        run(fill);
    }

    pub(super) fn correct() {
        run(fill_unlocked);
    }

    fn run<F: Future<Output = ()> + 'static>(fill: fn(Rc<Mutex<Vec<u32>>>, u32) -> F) {
        let runtime = Builder::new_current_thread().build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            let cache = Rc::new(Mutex::new(Vec::new()));
            let one = tokio::task::spawn_local(fill(Rc::clone(&cache), 1));
            let two = tokio::task::spawn_local(fill(Rc::clone(&cache), 1));
            one.await.unwrap();
            two.await.unwrap();
            assert_eq!(*cache.lock().unwrap(), [10]);
        });
    }
}
