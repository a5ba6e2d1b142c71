//! The actor.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use coyote::actors::{Context, Event, Timer, actor};

/// The first timer has fired.
#[derive(Event)]
struct Started;

/// The second timer has fired. Each of its events is a clone of the one that it was started with.
#[derive(Event, Clone)]
struct Tick {
    name: &'static str,
}

/// How often a clock has ticked, for whoever watches it.
#[derive(Clone, Default, Debug)]
pub struct Ticks(Arc<AtomicU32>);

impl Ticks {
    /// Returns the number.
    pub fn count(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Waits a second, and then ticks every second, as often as it is told to.
pub struct Clock {
    second: Duration,
    last: u32,
    ticks: Ticks,
    ticking: Option<Timer>,
    aloud: bool,
}

impl Clock {
    /// Creates a clock that stops after `last` ticks.
    pub fn new(second: Duration, last: u32, aloud: bool) -> Self {
        Clock { second, last, ticks: Ticks::default(), ticking: None, aloud }
    }

    /// Returns the count of its ticks.
    pub fn ticks(&self) -> Ticks {
        self.ticks.clone()
    }

    fn say(&self, what: std::fmt::Arguments<'_>) {
        if self.aloud {
            println!("<Clock> {what}");
        }
    }
}

#[actor]
impl Clock {
    #[on_start]
    fn start(&mut self, context: &mut Context<Self>) {
        self.say(format_args!("Starting a timer that fires once"));
        context.start_timer(self.second, Started);
    }

    #[on(Started)]
    fn begin(&mut self, context: &mut Context<Self>) {
        self.say(format_args!("Starting a timer that fires again and again"));
        let tick = Tick { name: "tick" };
        self.ticking = Some(context.start_periodic_timer(self.second, self.second, tick));
    }

    #[on(Tick)]
    fn tick(&mut self, context: &mut Context<Self>, Tick { name }: Tick) {
        let count = 1 + self.ticks.0.fetch_add(1, Ordering::SeqCst);
        self.say(format_args!("{name} {count}"));
        if count == self.last
            && let Some(ticking) = self.ticking.take()
        {
            self.say(format_args!("Stopping the timer"));
            context.stop_timer(&ticking);
        }
    }
}
