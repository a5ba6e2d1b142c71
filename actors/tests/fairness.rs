//! An actor that always finds an event leaves its thread to others now and then.
#![allow(missing_docs)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use coyote_actors::{Context, Event, Runtime, actor};

#[derive(Event)]
#[event(crate = "coyote_actors")]
struct Turn;

/// Sends itself an event whenever it handles one, until another task has run.
struct Busy {
    turns: u32,
    other: Arc<AtomicBool>,
    done: Option<tokio::sync::oneshot::Sender<u32>>,
}

#[actor(crate = "coyote_actors")]
impl Busy {
    #[on(Turn)]
    fn turn(&mut self, context: &mut Context<Self>) {
        const ENOUGH: u32 = 10_000;
        self.turns += 1;
        if self.turns < ENOUGH && !self.other.load(Ordering::Relaxed) {
            let me = context.id().clone();
            return context.send(&me, Turn);
        }
        if let Some(done) = self.done.take() {
            let _ = done.send(self.turns);
        }
    }
}

#[tokio::test]
async fn an_actor_that_always_has_an_event_lets_others_run() {
    let runtime = Runtime::new();
    let other = Arc::new(AtomicBool::new(false));
    let (done, turns) = tokio::sync::oneshot::channel();
    let busy = runtime.create(Busy { turns: 0, other: Arc::clone(&other), done: Some(done) });
    runtime.send(&busy, Turn);
    // On the one thread of this runtime it is polled after the actor was.
    tokio::spawn(async move { other.store(true, Ordering::Relaxed) });
    let turns = turns.await.expect("the actor is done some time");
    assert!((2..1_000).contains(&turns), "the actor had {turns} turns before anything else had one");
}
