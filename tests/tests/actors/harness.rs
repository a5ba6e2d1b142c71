//! How a rule is checked: under control, on many schedules, and on tokio itself.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use coyote::actors::{ActorId, Context, Event, Runtime};
use coyote::{Config, Explorer};

use crate::subject::{Run, Subject};

/// What happened, line by line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    pub(crate) fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line.into());
    }

    pub(crate) fn read(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a rule is checked with.
#[derive(Clone, Debug)]
pub(crate) struct Kit {
    pub(crate) runtime: Runtime,
    pub(crate) diary: Diary,
    failures: Diary,
}

impl Kit {
    #[track_caller]
    fn new() -> Self {
        let failures = Diary::default();
        let told = failures.clone();
        let runtime = Runtime::builder().on_failure(move |failure| told.write(failure.to_string())).build();
        Kit { runtime, diary: Diary::default(), failures }
    }

    /// Creates a subject, in its start state.
    #[track_caller]
    pub(crate) fn subject(&self) -> ActorId {
        self.runtime.create(Subject::new(self.diary.clone()))
    }

    #[track_caller]
    pub(crate) fn tell(&self, to: &ActorId, event: impl Event) {
        self.runtime.send(to, event);
    }

    /// Has a subject call a closure as a handler.
    #[track_caller]
    pub(crate) fn run(
        &self,
        to: &ActorId,
        call: impl FnOnce(&mut Subject, &mut Context<Subject>) + Send + 'static,
    ) {
        self.runtime.send(to, Run(Box::new(call)));
    }

    /// Waits until nothing more happens, and checks what did.
    pub(crate) async fn expect(&self, lines: &[&str]) {
        self.runtime.quiescent().await;
        assert_eq!(self.diary.read(), lines);
    }
}

/// Checks that a rule holds on many schedules.
#[track_caller]
pub(crate) fn holds_under_control<Fut>(name: &str, body: fn(Kit) -> Fut)
where
    Fut: Future<Output = ()> + 'static,
{
    let config = Config::new(name).iterations(40).timeout(Duration::ZERO).max_steps(2000);
    let report = Explorer::new(config).run(move || async move { body(Kit::new()).await });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.uncontrolled().is_empty() && report.is_repeatable(), "{report}");
    assert_eq!(report.statistics().bounded, 0, "{report}");
}

/// Checks that a rule holds on tokio.
pub(crate) fn holds_on_tokio<Fut: Future<Output = ()>>(body: fn(Kit) -> Fut) {
    on_tokio(async {
        let kit = Kit::new();
        body(kit.clone()).await;
        assert_eq!(kit.failures.read(), [""; 0]);
    });
}

/// Checks that an exploration finds a failure that says this.
#[track_caller]
pub(crate) fn fails_under_control<Fut>(name: &str, text: &str, body: fn(Kit) -> Fut)
where
    Fut: Future<Output = ()> + 'static,
{
    let config = Config::new(name).iterations(40).timeout(Duration::ZERO).max_steps(2000);
    let report = Explorer::new(config).run(move || async move {
        let kit = Kit::new();
        body(kit.clone()).await;
        kit.runtime.quiescent().await;
    });
    let bug = report.bug().unwrap_or_else(|| panic!("no failure\n{report}"));
    assert!(bug.message().contains(text), "{report}");
    assert!(bug.is_reproduced(), "{report}");
}

/// Checks that `on_failure` is told of a failure that says this.
pub(crate) fn fails_on_tokio<Fut: Future<Output = ()>>(text: &str, body: fn(Kit) -> Fut) {
    std::panic::set_hook(Box::new(|_| {}));
    on_tokio(async {
        let kit = Kit::new();
        body(kit.clone()).await;
        kit.runtime.quiescent().await;
        let failures = kit.failures.read();
        assert!(failures.len() == 1 && failures[0].contains(text), "{failures:?}");
    });
}

/// Runs a body on tokio, for a while at most.
pub(crate) fn on_tokio(body: impl Future<Output = ()>) {
    let runtime = real_tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let body = real_tokio::time::timeout(Duration::from_secs(20), body);
        body.await.expect("it came to an end");
    });
}

/// A rule that holds: `rule! { name(kit) { … } }`.
macro_rules! rule {
    ($($name:ident($kit:ident) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($kit: crate::harness::Kit) $body

            #[test]
            fn under_control() {
                crate::harness::holds_under_control(concat!(module_path!(), "::", stringify!($name)), body);
            }

            #[test]
            fn on_tokio() {
                crate::harness::holds_on_tokio(body);
            }
        }
    )*};
}

/// A failure that is told: `fault! { name(kit): "text" { … } }`.
macro_rules! fault {
    ($($name:ident($kit:ident): $text:literal $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn body($kit: crate::harness::Kit) $body

            #[test]
            fn under_control() {
                let name = concat!(module_path!(), "::", stringify!($name));
                crate::harness::fails_under_control(name, $text, body);
            }

            #[test]
            fn on_tokio() {
                crate::harness::fails_on_tokio($text, body);
            }
        }
    )*};
}
