//! `on_thread_park` and `on_thread_unpark`.
//!
//! The thread of a `current_thread` runtime parks when nothing in its lane is ready. That is found out by
//! a task of the lane, the *parker*: whatever is polled there wakes it, and when its turn comes, and it is alone,
//! the thread parks. The workers of a `multi_thread` runtime park once, for as long as there is the runtime: which of
//! them runs a task is nothing that a program can tell.

use ::std::future::poll_fn;
use ::std::rc::Rc;
use ::std::sync::{Arc, Mutex, PoisonError};
use ::std::task::{Context as PollContext, Poll, Waker};

use coyote_engine::{Context, Spawn, TaskId};

use super::context::{self, Ambient};
use super::core::{Callback, Core, Home};
use crate::support::Place;

/// The two hooks, and whether the thread is parked.
pub(super) struct Parking {
    pub(super) before: Option<Callback>,
    pub(super) after: Option<Callback>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_parked: bool,
    parker: Option<Waker>,
    /// Tasks whose futures have ended.
    ended: Vec<TaskId>,
}

impl Parking {
    /// Returns None if nobody wants to know.
    pub(super) fn new(before: Option<Callback>, after: Option<Callback>) -> Option<Parking> {
        let is_wanted = before.is_some() || after.is_some();
        is_wanted.then(|| Parking { before, after, state: Mutex::default() })
    }

    /// Notes that something of the lane is about to be polled.
    pub(super) fn unpark(&self) {
        let was_parked = ::std::mem::take(&mut self.state().is_parked);
        if was_parked {
            call(&self.after);
        }
    }

    /// Notes that something of the lane has been polled: perhaps it was the last.
    pub(super) fn polled(&self) {
        let parker = self.state().parker.take();
        if let Some(parker) = parker {
            parker.wake();
        }
    }

    /// Notes that a task's future has ended.
    pub(super) fn ended(&self, task: TaskId) {
        self.state().ended.push(task);
    }

    fn poll_parker(&self, cx: Context, is_driven: bool, poll: &mut PollContext<'_>) {
        self.state().parker = Some(poll.waker().clone());
        // Whoever waits for their ends is ready now: on one thread there is nothing in between.
        let ended = ::std::mem::take(&mut self.state().ended);
        ended.into_iter().for_each(|task| cx.settle(task));
        if !is_driven || !cx.is_alone_in_lane() || self.state().is_parked {
            return;
        }
        call(&self.before);
        self.state().is_parked = true;
        if !cx.is_alone_in_lane() {
            // The hook made something ready: the thread goes on at once.
            self.unpark();
        }
    }

    fn state(&self) -> ::std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn call(hook: &Option<Callback>) {
    if let Some(hook) = hook {
        hook();
    }
}

/// Starts the parker of a `current_thread` runtime that wants to know when its thread parks.
pub(super) fn start_parker(cx: Context, core: &Arc<Core>, place: Place) {
    if core.setup.parking.is_none() || !core.is_current_thread() {
        return;
    }
    let parked = Arc::clone(core);
    let parker = poll_fn(move |poll| {
        if let (Some(parking), Some(cx)) = (&parked.setup.parking, parked.here()) {
            parking.poll_parker(cx, parked.is_driven(), poll);
        }
        Poll::<()>::Pending
    });
    let name = Some("park hooks".into());
    let handle = cx.create(parker, Spawn { is_thread: false, name, lane: core.lane, location: place });
    core.register(handle.abort_handle(), false);
    cx.set_local_of(handle.id(), context::key(), Rc::new(Ambient::of_worker(Home::Core(Arc::clone(core)))));
}
