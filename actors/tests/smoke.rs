//! With control off: the same actors on tokio alone.
#![allow(missing_docs)]

use std::time::Duration;

use coyote_actors::{ActorId, Context, Event, Runtime, Timer, actor, machine};

macro_rules! events { ($($item:item)*) => {$( #[derive(Event)] #[event(crate = "coyote_actors")] $item )*} }

events! {
    struct Ping { from: ActorId }
    struct Pong;
    struct Done;
    #[derive(Clone)] struct Tick;
}

struct Echo;

#[actor(crate = "coyote_actors")]
impl Echo {
    #[on(Ping)]
    async fn ping(&mut self, context: &mut Context<Self>, ping: Ping) {
        tokio::task::yield_now().await;
        context.send(&ping.from, Pong);
    }
}

struct Client {
    echo: ActorId,
    pongs: u32,
    timer: Option<Timer>,
    done: tokio::sync::mpsc::UnboundedSender<u32>,
}

#[machine(Client, crate = "coyote_actors")]
#[on(Done, do = done)]
enum ClientState {
    #[start]
    #[entry(begin)]
    #[on(Tick, do = ping)]
    #[on(Pong, do = pong, goto = Satisfied)]
    Asking,
    #[entry(finish)]
    #[ignore(Tick, Pong)]
    Satisfied,
}

impl Client {
    fn begin(&mut self, context: &mut Context<Self>) {
        let step = Duration::from_millis(1);
        self.timer = Some(context.start_periodic_timer(step, step, Tick));
    }

    async fn ping(&mut self, context: &mut Context<Self>) {
        let from = context.id().clone();
        context.send(&self.echo, Ping { from });
    }

    fn pong(&mut self) {
        self.pongs += 1;
    }

    fn finish(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.timer.take() {
            context.stop_timer(&timer);
        }
        context.raise(Done);
    }

    fn done(&mut self, _: Done) -> Result<(), String> {
        self.done.send(self.pongs).map_err(|error| error.to_string())
    }
}

#[tokio::test]
async fn actors_run_on_tokio_alone() {
    let runtime = Runtime::new();
    let (done, mut results) = tokio::sync::mpsc::unbounded_channel();
    let echo = runtime.create(Echo);
    let client = runtime.create(Client { echo: echo.clone(), pongs: 0, timer: None, done });
    assert_eq!(results.recv().await, Some(1));
    runtime.quiescent().await;
    assert_eq!(client.state(), "Satisfied");
    runtime.stop().await;
    assert!(echo.is_halted() && client.is_halted());
    assert!(runtime.actors().is_empty());
}
