//! A timer that is an actor: to cancel it is to ask, and it may be too late.

use coyote::actors::{self, ActorId, Context, Event, machine};

use crate::Plan;

/// Starts the timer.
#[derive(Event)]
pub(crate) struct StartTimer {
    /// In thousandths of a second of the story.
    pub(crate) millis: u32,
}

/// Cancels the timer. The answer is [`CancelSuccess`] or [`CancelFailure`].
#[derive(Event)]
pub(crate) struct Cancel;

/// There will be no [`Timeout`].
#[derive(Event)]
pub(crate) struct CancelSuccess;

/// There has been a [`Timeout`].
#[derive(Event)]
pub(crate) struct CancelFailure;

/// The time is over.
#[derive(Event)]
pub(crate) struct Timeout;

#[derive(Event)]
struct Tick;

/// Tells its client when the time is over.
pub struct Timer {
    plan: Plan,
    client: ActorId,
    running: Option<actors::Timer>,
}

/// What a timer is doing.
#[machine(Timer)]
pub enum TimerState {
    /// It waits to be started.
    #[start]
    #[on(StartTimer, do = start)]
    #[on(Cancel, do = fail_to_cancel)]
    WaitForRequest,

    /// It runs.
    #[on(Tick, do = time_out, goto = WaitForRequest)]
    #[on(Cancel, do = cancel, goto = WaitForRequest)]
    #[ignore(StartTimer)]
    WaitForCancel,

    /// It runs, in a test: its time is over when it has its turn and nobody has cancelled it before.
    #[idle(do = time_out, goto = WaitForRequest)]
    #[on(Cancel, do = cancel, goto = WaitForRequest)]
    #[ignore(StartTimer)]
    WaitForTurn,
}

impl Timer {
    /// Creates a timer for a client.
    pub(crate) fn new(plan: Plan, client: ActorId) -> Self {
        Timer { plan, client, running: None }
    }

    fn start(&mut self, context: &mut Context<Self>, StartTimer { millis }: StartTimer) {
        if self.plan.is_timeless() {
            context.goto(TimerState::WaitForTurn);
        } else {
            self.running = Some(context.start_timer(self.plan.millis(millis), Tick));
            context.goto(TimerState::WaitForCancel);
        }
    }

    fn time_out(&mut self, context: &mut Context<Self>) {
        context.send(&self.client, Timeout);
    }

    fn cancel(&mut self, context: &mut Context<Self>) {
        if let Some(running) = self.running.take() {
            context.stop_timer(&running);
        }
        context.send(&self.client, CancelSuccess);
    }

    fn fail_to_cancel(&mut self, context: &mut Context<Self>) {
        context.send(&self.client, CancelFailure);
    }
}
