//! The facade: records what the expansions tell it.

use std::cell::RefCell;
use std::future::{Future, IntoFuture};
use std::panic::Location;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

pub use ::std;
pub use coyote_macros::{instrument, test};

thread_local! {
    static EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// What has been recorded since the last call.
pub fn events() -> Vec<String> {
    EVENTS.with(|events| std::mem::take(&mut *events.borrow_mut()))
}

#[track_caller]
fn record(what: &str) {
    let line = Location::caller().line();
    EVENTS.with(|events| events.borrow_mut().push(format!("{what}@{line}")));
}

pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    let mut future = pin!(future.into_future());
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
}

pub mod tokio {
    pub use coyote_macros::{tokio_main as main, tokio_test as test};

    pub mod __private {
        use super::super::__private::Mirror;
        pub struct TokioTest {
            pub flavor: Flavor,
            pub worker_threads: Option<usize>,
            pub start_paused: bool,
            pub unhandled_panic_shutdown: bool,
            pub name: Option<&'static str>,
        }
        pub enum Flavor {
            CurrentThread,
            MultiThread,
            Local,
        }
        pub struct TestSpec;
        impl TestSpec {
            pub fn tokio_test(_: &str, name: &str, _: &str, test: TokioTest) -> Mirror {
                let flavor = match test.flavor {
                    Flavor::CurrentThread => "current_thread",
                    Flavor::MultiThread => "multi_thread",
                    Flavor::Local => "local",
                };
                let (paused, shutdown) = (test.start_paused, test.unhandled_panic_shutdown);
                Mirror(format!(
                    "{name} {flavor} {:?} {paused} {shutdown} {:?}",
                    test.worker_threads, test.name
                ))
            }
        }
    }

    pub mod runtime {
        pub struct Builder(String);
        impl Builder {
            pub fn new_multi_thread() -> Self {
                Self("multi_thread".to_owned())
            }
            pub fn worker_threads(&mut self, threads: usize) -> &mut Self {
                self.0 += &format!(" {threads}");
                self
            }
            pub fn enable_all(&mut self) -> &mut Self {
                self
            }
            pub fn build(&mut self) -> Result<Runtime, std::io::Error> {
                Ok(Runtime)
            }
        }
        pub struct Runtime;
        impl Runtime {
            pub fn block_on<F: Future>(&self, future: F) -> F::Output {
                super::super::block_on(future)
            }
        }
    }
}

pub mod __private {
    use super::*;

    macro_rules! if_control {
        ({ $($on:tt)* } { $($off:tt)* }) => { $($on)* };
    }
    pub(crate) use if_control;

    #[track_caller]
    pub fn at_async_entry() {
        record("entry");
    }

    #[track_caller]
    pub fn at_loop() {
        record("loop");
    }

    #[track_caller]
    pub fn at_await<F: IntoFuture>(future: F) -> F::IntoFuture {
        record("await");
        future.into_future()
    }

    /// Builds its value at the first use on each thread, that is to say for each test.
    pub struct PerExecution<T: 'static> {
        init: fn() -> T,
        value: std::sync::Mutex<Vec<(std::thread::ThreadId, &'static T)>>,
    }

    impl<T> PerExecution<T> {
        pub const fn new(init: fn() -> T) -> Self {
            Self { init, value: std::sync::Mutex::new(Vec::new()) }
        }
    }

    impl<T> std::ops::Deref for PerExecution<T> {
        type Target = T;

        fn deref(&self) -> &T {
            let thread = std::thread::current().id();
            let mut values = self.value.lock().unwrap();
            if let Some((_, value)) = values.iter().find(|(of, _)| *of == thread) {
                return value;
            }
            let value = Box::leak(Box::new((self.init)()));
            values.push((thread, value));
            value
        }
    }

    pub struct Mirror(pub String);

    impl Mirror {
        pub fn run_tokio<F: Future>(self, body: impl Fn() -> F) -> F::Output {
            super::block_on(body());
            EVENTS.with(|events| events.borrow_mut().push(self.0));
            super::block_on(body())
        }
    }

    pub const fn check_strategy(text: &str) {
        assert!(!text.is_empty(), "an empty strategy");
    }

    pub enum Time {
        Idle,
        Racing,
    }

    pub enum Granularity {
        Op,
        Await,
    }

    pub enum Lanes {
        Workers(u32),
        Unlimited,
        CurrentThread,
    }

    pub enum UnobservedPanic {
        Fail,
        Ignore,
    }

    pub enum Regressions {
        Keep,
        Repeat,
        Off,
    }

    #[derive(Default)]
    pub struct TestSpec {
        pub told: Vec<String>,
        iterations: u64,
    }

    impl TestSpec {
        pub fn new(module: &'static str, name: &'static str, folder: &'static str) -> Self {
            assert!(folder.ends_with("macros"), "{folder}");
            Self { told: vec![format!("{module}::{name}")], iterations: 3 }
        }

        fn told(mut self, what: String) -> Self {
            self.told.push(what);
            self
        }

        pub fn iterations(mut self, n: u64) -> Self {
            self.iterations = n;
            self.told(format!("iterations {n}"))
        }

        pub fn timeout(self, timeout: Duration) -> Self {
            self.told(format!("timeout {timeout:?}"))
        }

        pub fn max_steps(self, n: u64) -> Self {
            self.told(format!("max_steps {n}"))
        }

        pub fn strategy(self, text: &'static str) -> Self {
            self.told(format!("strategy {text}"))
        }

        pub fn seed(self, seed: u64) -> Self {
            self.told(format!("seed {seed}"))
        }

        pub fn time(self, time: Time) -> Self {
            self.told(match time {
                Time::Idle => "idle".to_owned(),
                Time::Racing => "racing".to_owned(),
            })
        }

        pub fn granularity(self, granularity: Granularity) -> Self {
            self.told(match granularity {
                Granularity::Op => "op".to_owned(),
                Granularity::Await => "await".to_owned(),
            })
        }

        pub fn lanes(self, lanes: Lanes) -> Self {
            self.told(match lanes {
                Lanes::Workers(n) => format!("lanes {n}"),
                Lanes::Unlimited => "unlimited".to_owned(),
                Lanes::CurrentThread => "current_thread".to_owned(),
            })
        }

        pub fn unobserved_panic(self, unobserved: UnobservedPanic) -> Self {
            self.told(match unobserved {
                UnobservedPanic::Fail => "fail".to_owned(),
                UnobservedPanic::Ignore => "ignore".to_owned(),
            })
        }

        pub fn regressions(self, regressions: Regressions) -> Self {
            self.told(match regressions {
                Regressions::Keep => "keep".to_owned(),
                Regressions::Repeat => "repeat".to_owned(),
                Regressions::Off => "off".to_owned(),
            })
        }

        pub fn stack_size(self, bytes: usize) -> Self {
            self.told(format!("stack_size {bytes}"))
        }

        pub fn expect_bug(self, message: Option<&'static str>) -> Self {
            self.told(format!("expect_bug {message:?}"))
        }

        pub fn run_async<F: Future>(self, body: impl Fn() -> F) -> F::Output {
            self.run_sync(|| super::block_on(body()))
        }

        pub fn run_sync<T>(self, body: impl Fn() -> T) -> T {
            EVENTS.with(|events| events.borrow_mut().extend(self.told));
            for _ in 1..self.iterations {
                body();
            }
            body()
        }
    }
}
