//! A value is initialised once; the others wait. If that fails, nobody tells them.
//!
//! The next one could try again, but those who wait already do so for ever. No preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "init_failure",
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
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::sync::{Arc, Mutex};

    use tokio::sync::Notify;
    use tokio::task::yield_now;

    #[derive(Clone, Copy)]
    enum State {
        Empty,
        Busy,
        Ready(u32),
    }

    struct Lazy {
        state: Mutex<State>,
        changed: Notify,
        attempts: AtomicU32,
        tells_failure: bool,
    }

    impl Lazy {
        /// Fails the first time.
        async fn connect(&self) -> Result<u32, &'static str> {
            yield_now().await;
            if self.attempts.fetch_add(1, SeqCst) == 0 { Err("refused") } else { Ok(42) }
        }

        async fn get(&self) -> Result<u32, &'static str> {
            loop {
                let changed = {
                    let mut state = self.state.lock().unwrap();
                    match *state {
                        State::Ready(value) => return Ok(value),
                        State::Busy => self.changed.notified(),
                        State::Empty => {
                            *state = State::Busy;
                            break;
                        }
                    }
                };
                changed.await;
            }
            let result = self.connect().await;
            *self.state.lock().unwrap() = result.map_or(State::Empty, State::Ready);
            if result.is_ok() || self.tells_failure {
                self.changed.notify_waiters();
            }
            result
        }
    }

    pub(super) async fn buggy() {
        run(false).await;
    }

    pub(super) async fn correct() {
        run(true).await;
    }

    async fn run(tells_failure: bool) {
        let lazy = Arc::new(Lazy {
            state: Mutex::new(State::Empty),
            changed: Notify::new(),
            attempts: AtomicU32::new(0),
            tells_failure,
        });
        let users = [0, 1].map(|_| {
            let lazy = Arc::clone(&lazy);
            tokio::spawn(async move { lazy.get().await })
        });
        let mut failures = 0;
        for user in users {
            failures += u32::from(user.await.unwrap().is_err());
        }
        assert_eq!(failures, 1);
    }
}
