//! Inboxes.

use std::any::Any;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::Waker;

use crate::event::AnyEvent;
use crate::failure::{Failure, FailureKind};
use crate::group::EventGroup;
use crate::id::ActorId;
use crate::log::LogEvent;
use crate::rt::{self, Act, Object, Place};
use crate::runtime::Runtime;

/// How an event is sent.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct SendOptions {
    pub(crate) must_handle: bool,
    pub(crate) at_most: Option<usize>,
    pub(crate) group: Option<Option<EventGroup>>,
}

impl SendOptions {
    /// Creates the default: the event may be lost with its receiver, and is in the sender's group.
    pub fn new() -> Self {
        SendOptions::default()
    }

    /// Makes it a failure if the receiver has halted, or halts before it has handled the event.
    pub fn must_handle(self) -> Self {
        SendOptions { must_handle: true, ..self }
    }

    /// Makes it a failure if there are then more than `count` events of this type in the inbox.
    pub fn at_most(self, count: usize) -> Self {
        SendOptions { at_most: Some(count), ..self }
    }

    /// Sends the event in this group rather than in the sender's.
    pub fn in_group(self, group: &EventGroup) -> Self {
        SendOptions { group: Some(Some(group.clone())), ..self }
    }

    /// Sends the event in no group.
    pub fn in_no_group(self) -> Self {
        SendOptions { group: Some(None), ..self }
    }
}

/// A call with the actor and its context, from a test kit.
pub(crate) type Call = Box<dyn FnOnce(&mut dyn Any, &mut dyn Any) + Send>;

#[derive(Default)]
pub(crate) struct Inbox {
    pub(crate) queue: VecDeque<AnyEvent>,
    pub(crate) calls: VecDeque<Call>,
    waker: Option<Waker>,
    /// The actor waits for something to handle.
    is_idle: bool,
    is_halted: bool,
    is_bound: bool,
}

/// What an [`ActorId`] refers to.
pub(crate) struct Mailbox {
    pub(crate) number: u64,
    pub(crate) name: Option<Box<str>>,
    kind: OnceLock<&'static str>,
    state: Mutex<&'static str>,
    object: Object,
    inbox: Mutex<Inbox>,
}

/// What an inbox is called in reports.
const WHAT: &str = "inbox";

impl Mailbox {
    #[track_caller]
    pub(crate) fn new(number: u64, name: Option<Box<str>>) -> Self {
        let (kind, state) = (OnceLock::new(), Mutex::new(""));
        Mailbox { number, name, kind, state, object: Object::new(), inbox: Mutex::default() }
    }

    #[inline(always)]
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind.get().copied().unwrap_or_default()
    }

    pub(crate) fn state(&self) -> &'static str {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_state(&self, state: &'static str) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(crate) fn is_halted(&self) -> bool {
        self.lock().is_halted
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.lock().is_idle
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().queue.len()
    }

    /// Gives the inbox to an actor. Returns false if it has one that has not halted.
    pub(crate) fn bind(&self, kind: &'static str) -> bool {
        let mut inbox = self.lock();
        if inbox.is_bound && !inbox.is_halted {
            return false;
        }
        inbox.is_bound = true;
        inbox.is_halted = false;
        inbox.is_idle = false;
        let _ = self.kind.set(kind);
        true
    }

    /// Sends an event of an actor, or from outside.
    pub(crate) fn send(
        &self,
        runtime: &Runtime,
        from: Option<&ActorId>,
        to: &ActorId,
        event: AnyEvent,
        at_most: Option<usize>,
    ) {
        let place = event.stamp().place;
        rt::point(&self.object, WHAT, Act::Send, place);
        if runtime.is_heard() {
            let (event, state) = (event.name(), from.map_or("", ActorId::state));
            runtime.log(place, LogEvent::Sent { from, state, to, event });
        }
        self.put(runtime, to, event, at_most);
    }

    /// Sends the event of a timer.
    pub(crate) fn deliver_tick(&self, runtime: &Runtime, to: &ActorId, event: AnyEvent) {
        let place = event.stamp().place;
        rt::point(&self.object, WHAT, Act::Send, place);
        runtime.log(place, LogEvent::TimerElapsed { actor: to, event: event.name() });
        self.put(runtime, to, event, None);
    }

    /// Puts an event into the inbox, and wakes the actor.
    #[inline]
    pub(crate) fn put(&self, runtime: &Runtime, to: &ActorId, event: AnyEvent, at_most: Option<usize>) {
        let (name, place) = (event.name(), event.stamp().place);
        let mut inbox = self.lock();
        if inbox.is_halted {
            drop(inbox);
            return self.lost(runtime, to, event);
        }
        let id = at_most.map(|_| event.id());
        inbox.queue.push_back(event);
        let count = id.map_or(0, |id| inbox.queue.iter().filter(|queued| queued.id() == id).count());
        let waker = wake(&mut inbox, runtime);
        drop(inbox);
        if let Some(waker) = waker {
            waker.wake();
        }
        runtime.log(place, LogEvent::Enqueued { actor: to, event: name });
        if let Some(limit) = at_most
            && count > limit
        {
            let message = format!(
                "there are {count} events {name} in the inbox of {to}, and at most {limit} were allowed"
            );
            runtime.fail(failure(to, name, FailureKind::TooMany, message, place));
        }
    }

    /// An event came too late.
    fn lost(&self, runtime: &Runtime, to: &ActorId, event: AnyEvent) {
        let (name, stamp) = (event.name(), event.stamp());
        if let Some(timer) = &stamp.timer {
            timer.taken();
        }
        runtime.log(stamp.place, LogEvent::Dropped { actor: to, event: name });
        if stamp.must_handle {
            let message = format!("{name} must be handled, but {to} has halted");
            runtime.fail(failure(to, name, FailureKind::MustHandle, message, stamp.place));
        }
    }

    /// Has the actor call a closure when it gets to it.
    pub(crate) fn call(&self, runtime: &Runtime, call: Call) {
        let mut inbox = self.lock();
        if inbox.is_halted {
            return;
        }
        inbox.calls.push_back(call);
        let waker = wake(&mut inbox, runtime);
        drop(inbox);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The scheduling point before the actor looks into its inbox.
    pub(crate) fn before_receive(&self, place: Place) {
        rt::point(&self.object, WHAT, Act::Receive, place);
    }

    /// Looks into the inbox with `pick`. If that finds nothing, the actor is idle until something comes.
    pub(crate) fn pick<T>(
        &self,
        runtime: &Runtime,
        waker: &Waker,
        place: Place,
        pick: impl FnOnce(&mut Inbox) -> Option<T>,
    ) -> Option<T> {
        let mut inbox = self.lock();
        let picked = pick(&mut inbox);
        if picked.is_none() {
            self.turn_idle(inbox, runtime, waker, place);
        }
        picked
    }

    /// Notes that the actor has found nothing in the inbox, and has it woken by what comes.
    pub(crate) fn turn_idle(
        &self,
        mut inbox: MutexGuard<'_, Inbox>,
        runtime: &Runtime,
        waker: &Waker,
        place: Place,
    ) {
        let turns_idle = !std::mem::replace(&mut inbox.is_idle, true);
        if !inbox.waker.as_ref().is_some_and(|known| known.will_wake(waker)) {
            inbox.waker = Some(waker.clone());
        }
        drop(inbox);
        rt::note_wait(&self.object, WHAT, Act::Receive, place, waker);
        if turns_idle {
            runtime.inner.idle();
        }
    }

    /// Lends the inbox.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut Inbox) -> T) -> T {
        f(&mut self.lock())
    }

    /// Closes the inbox for good, and drops what is in it.
    pub(crate) fn halt(&self, runtime: &Runtime, me: &ActorId, place: Place) {
        rt::point(&self.object, WHAT, Act::Halt, place);
        let mut inbox = self.lock();
        inbox.is_halted = true;
        let left = std::mem::take(&mut inbox.queue);
        let calls = std::mem::take(&mut inbox.calls);
        drop(inbox);
        drop(calls);
        runtime.log(place, LogEvent::Halted { actor: me, left: left.len() });
        for event in left {
            if event.stamp().timer.as_ref().is_none_or(|timer| timer.counts()) {
                self.lost(runtime, me, event);
            }
        }
    }

    /// Closes the inbox of an actor whose task is gone without having halted.
    pub(crate) fn abandon(&self, runtime: &Runtime) {
        let mut inbox = self.lock();
        inbox.is_halted = true;
        let left = (std::mem::take(&mut inbox.queue), std::mem::take(&mut inbox.calls));
        let was_idle = std::mem::replace(&mut inbox.is_idle, false);
        drop(inbox);
        drop(left);
        if !was_idle {
            runtime.inner.idle();
        }
    }
}

/// Has an idle actor look again.
fn wake(inbox: &mut Inbox, runtime: &Runtime) -> Option<Waker> {
    if !std::mem::replace(&mut inbox.is_idle, false) {
        return None;
    }
    runtime.inner.busy();
    inbox.waker.take()
}

/// A failure about an event that was sent.
pub(crate) fn failure(
    actor: &ActorId,
    event: &'static str,
    kind: FailureKind,
    message: String,
    place: Place,
) -> Failure {
    let (state, actor) = (actor.state(), actor.to_string());
    Failure { actor, state, event: Some(event), kind, message, place: Some(place) }
}
