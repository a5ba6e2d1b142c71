//! Timers: tasks that send an event when their time has come.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::event::{AnyEvent, Event};
use crate::id::ActorId;
use crate::rt::{self, Place};
use crate::runtime::Runtime;

/// A timer that an actor has started. Stopped when the actor halts.
#[derive(Clone, Debug)]
pub struct Timer(pub(crate) Arc<Armed>);

/// What a timer's task and its owner share.
#[derive(Debug, Default)]
pub(crate) struct Armed {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    /// Its latest event is in the inbox.
    queued: bool,
    /// The timer's task, if it waits.
    waker: Option<Waker>,
}

impl Armed {
    fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether the timer was stopped; if not, its task is woken when it is.
    pub(crate) fn is_stopped(&self, waker: &Waker) -> bool {
        self.with(|state| {
            if !state.stopped {
                state.waker = Some(waker.clone());
            }
            state.stopped
        })
    }

    /// Returns whether an event of this timer that is in an inbox still counts.
    pub(crate) fn counts(&self) -> bool {
        self.with(|state| !state.stopped)
    }

    /// Notes that the timer's event has left the inbox.
    pub(crate) fn taken(&self) {
        let waker = self.with(|state| {
            state.queued = false;
            state.waker.take()
        });
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Stops the timer. Returns whether it was running.
    pub(crate) fn stop(&self) -> bool {
        let (was_running, waker) =
            self.with(|state| (!std::mem::replace(&mut state.stopped, true), state.waker.take()));
        if let Some(waker) = waker {
            waker.wake();
        }
        was_running
    }

    /// Waits for a real sleep. Returns false if the timer is stopped before.
    pub(crate) async fn sleep(&self, sleep: impl Future<Output = ()>) -> bool {
        let mut sleep = pin!(sleep);
        poll_fn(|cx| {
            if self.is_stopped(cx.waker()) {
                return Poll::Ready(false);
            }
            sleep.as_mut().poll(cx).map(|()| true)
        })
        .await
    }

    /// Waits until the timer's event has left the inbox. Returns false if the timer is stopped before.
    async fn until_taken(&self) -> bool {
        poll_fn(|cx| {
            self.with(|state| {
                if state.stopped {
                    return Poll::Ready(false);
                }
                if !state.queued {
                    return Poll::Ready(true);
                }
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            })
        })
        .await
    }
}

/// What a timer is to do.
pub(crate) struct Plan<F> {
    pub(crate) runtime: Runtime,
    pub(crate) target: ActorId,
    pub(crate) delay: Duration,
    pub(crate) period: Option<Duration>,
    pub(crate) event: F,
    pub(crate) place: Place,
}

/// Starts a timer.
pub(crate) fn start<E: Event>(plan: Plan<impl FnMut() -> E + Send + 'static>) -> Timer {
    let armed = Arc::new(Armed::default());
    let (runtime, place) = (plan.runtime.clone(), plan.place);
    runtime.inner.busy();
    let name = format!("timer of {}", plan.target);
    runtime.inner.spawn(&name, run(plan, Arc::clone(&armed)), place);
    Timer(armed)
}

async fn run<E: Event>(plan: Plan<impl FnMut() -> E>, armed: Arc<Armed>) {
    let Plan { runtime, target, mut delay, period, mut event, place } = plan;
    // Also when the task is dropped together with its tokio runtime.
    let _idle = runtime.inner.idle_when_dropped();
    let races = runtime.inner.timers_race();
    while rt::elapse(&armed, delay, races, place).await {
        armed.with(|state| state.queued = true);
        let mut event = AnyEvent::sent(event(), None, place);
        event.stamp_mut().timer = Some(Arc::clone(&armed));
        target.0.deliver_tick(&runtime, &target, event);
        match period {
            Some(period) if armed.until_taken().await => delay = period,
            _ => break,
        }
    }
}
