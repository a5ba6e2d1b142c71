//! The log that writes to `tracing`: one event each, with a level that says how much it matters.

use std::fmt::{self, Write};
use std::sync::{Arc, Mutex};

use coyote::actors::{Context, Event, Failure, Halt, OnFailure, Runtime, TracingLog, actor, machine};
use tracing::field::{Field, Visit};
use tracing::{Level, Metadata, Subscriber, span};

#[derive(Event)]
struct Press;

#[derive(Event)]
struct Kick;

struct Lamp;

#[machine(Lamp)]
enum LampState {
    #[start]
    #[on(Press, goto = On)]
    Off,
    #[on(Press, goto = Off)]
    On,
}

struct Fragile;

#[actor]
impl Fragile {
    #[on(Kick)]
    fn break_down(&mut self) -> Result<(), String> {
        Err("broken".to_owned())
    }

    #[on_failure]
    fn judge(&mut self, _: &mut Context<Self>, _: &Failure) -> OnFailure {
        OnFailure::Halt
    }
}

/// Keeps what it is told by actors.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<(Level, String)>>>);

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "coyote::actors"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().expect("no panic").push((*event.metadata().level(), message.0));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn each_happening_has_the_level_that_it_deserves() {
    let kept = Kept::default();
    let _guard = tracing::subscriber::set_default(kept.clone());
    // On one thread, whose subscriber that is.
    let tokio = real_tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio.block_on(async {
        let runtime = Runtime::builder().log(TracingLog).build();
        let lamp = runtime.create_named("lamp", Lamp);
        let fragile = runtime.create_named("vase", Fragile);
        runtime.send(&lamp, Press);
        runtime.send(&fragile, Kick);
        runtime.quiescent().await;
        runtime.send(&fragile, Kick);
        runtime.send(&lamp, Halt);
        runtime.quiescent().await;
    });
    let kept = kept.0.lock().expect("no panic");
    let level_of = |message: &str| kept.iter().find(|(_, text)| text == message).map(|(level, _)| *level);
    let all = format!("{kept:#?}");
    for (level, message) in [
        (Level::INFO, "lamp is created"),
        (Level::DEBUG, "Press is sent to lamp"),
        (Level::DEBUG, "lamp in Off takes Press"),
        (Level::INFO, "lamp goes from Off to On"),
        (Level::ERROR, "vase fails, and halts: broken"),
        (Level::INFO, "vase has halted"),
        (Level::WARN, "Kick is lost: vase has halted"),
        (Level::INFO, "lamp has halted"),
    ] {
        assert_eq!(level_of(message), Some(level), "{message}\n{all}");
    }
}
