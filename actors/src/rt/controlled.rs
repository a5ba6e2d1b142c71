//! With control: the engine while an exploration runs on this thread, and tokio otherwise.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context as PollContext, Poll, Waker};
use std::time::Duration;

use coyote_engine::{Access, ActorChange, ClockId, Context, ObjectCell, Op, OpKind, TimerKey, current};

use super::{Act, Place};
use crate::failure::Failure;
use crate::log::{LogEvent, Step};
use crate::timer::Armed;

pub(crate) use coyote_engine::is_cancellation as is_engine_cancellation;

/// What an object is to the engine.
#[derive(Debug)]
pub(crate) struct Object(ObjectCell);

impl Object {
    #[track_caller]
    pub(crate) const fn new() -> Self {
        Object(ObjectCell::new())
    }
}

impl Default for Object {
    #[track_caller]
    fn default() -> Self {
        Object::new()
    }
}

fn op(cx: Context, object: &Object, what: &'static str, act: Act, place: Place) -> Op {
    let (kind, access) = match act {
        Act::Send => (OpKind::Send, Access::Write),
        Act::Receive => (OpKind::Recv, Access::Acquire),
        Act::Halt => (OpKind::Close, Access::Write),
        Act::Read => (OpKind::Load, Access::Read),
        Act::Write => (OpKind::Store, Access::Write),
        Act::Update => (OpKind::Rmw, Access::Write),
        Act::Wait => (OpKind::Wait, Access::Read),
    };
    Op::new(kind, cx.object(&object.0, what), access, place)
}

pub(crate) fn is_explored() -> bool {
    current().is_some()
}

#[inline]
pub(crate) fn point(object: &Object, what: &'static str, act: Act, place: Place) {
    if let Some(cx) = current() {
        cx.point(op(cx, object, what, act, place));
    }
}

#[inline]
pub(crate) fn happened(object: &Object, what: &'static str, act: Act, place: Place) {
    if let Some(cx) = current() {
        cx.happened_now(op(cx, object, what, act, place));
    }
}

#[inline]
pub(crate) fn note_wait(object: &Object, what: &'static str, act: Act, place: Place, waker: &Waker) {
    if let Some(cx) = current() {
        cx.note_wait(op(cx, object, what, act, place), waker);
    }
}

#[inline]
pub(crate) fn is_recording() -> bool {
    coyote_engine::is_any_recorded() && current().is_some_and(|cx| cx.is_recording())
}

pub(crate) fn note(place: Place, text: &dyn Fn() -> String) {
    if let Some(cx) = current() {
        cx.note(place, text);
    }
}

/// Tells a recording how an actor changes.
pub(crate) fn changed(event: &LogEvent<'_>) {
    let Some(cx) = current() else { return };
    let own = |event: &str| event.to_owned();
    let (actor, change) = match event {
        LogEvent::Created { actor, declaration, .. } => {
            let kind = if declaration.states.len() > 1 { "machine" } else { "actor" };
            let rules = declaration.reactions().map(|(state, event)| (own(state), own(event)));
            (actor, ActorChange::Began { kind, machine: declaration.name, rules: rules.collect() })
        }
        LogEvent::Sent { from: Some(actor), to, event, .. } => {
            (actor, ActorChange::Sends(own(event), to.to_string()))
        }
        LogEvent::Enqueued { actor, event } => (actor, ActorChange::Arrived(own(event))),
        LogEvent::Dequeued { actor, event, .. } | LogEvent::Raised { actor, event } => {
            (actor, ActorChange::Handles(own(event)))
        }
        LogEvent::Idle { actor, .. } => (actor, ActorChange::Handles(own("idle"))),
        LogEvent::Received { actor, event, .. } => (actor, ActorChange::Receives(own(event))),
        LogEvent::Ignored { actor, event } | LogEvent::Dropped { actor, event } => {
            (actor, ActorChange::Left(own(event)))
        }
        LogEvent::StateEntered { actor, state } => (actor, ActorChange::State(own(state))),
        LogEvent::Goto { actor, to, .. }
        | LogEvent::Push { actor, to, .. }
        | LogEvent::Pop { actor, to, .. } => (actor, ActorChange::State(own(to))),
        LogEvent::Acted { actor, step: Step::Do, .. } => (actor, ActorChange::Idles),
        LogEvent::Halted { actor, .. } => (actor, ActorChange::State("halted".to_owned())),
        _ => return,
    };
    cx.observe_actor(|| (actor.to_string(), change));
}

/// Ends the exploration's execution. Returns the failure if there is none.
pub(crate) fn fail(failure: Failure) -> Failure {
    if let Some(cx) = current() {
        let place = failure.place.unwrap_or_else(|| std::panic::Location::caller());
        cx.fail(failure.message.clone(), Vec::new(), place);
        // Unwinds, unless the task unwinds already.
        cx.point(Op::local(OpKind::Point, place));
    }
    failure
}

pub(crate) fn is_cancellation(payload: &(dyn Any + Send)) -> bool {
    is_engine_cancellation(payload)
}

pub(crate) fn spawn<F>(home: Option<&tokio::runtime::Handle>, name: &str, future: F, place: Place)
where
    F: Future<Output = ()> + Send + 'static,
{
    match coyote_shim::spawn_named(name, future, place) {
        Ok(controlled) => drop(controlled),
        Err(future) => {
            let home = home.expect("a runtime made under control is used after its execution has ended");
            drop(home.spawn(future));
        }
    }
}

pub(crate) async fn let_others_go() {
    coyote_shim::tokio::task::coop::consume_budget().await;
}

/// Waits for a timer. Returns false if it was stopped.
pub(crate) async fn elapse(armed: &Armed, delay: Duration, races: bool, place: Place) -> bool {
    match begin(armed, delay, races, place) {
        Some(elapse) => elapse.await,
        None => armed.sleep(tokio::time::sleep(delay)).await,
    }
}

fn begin(armed: &Armed, delay: Duration, races: bool, place: Place) -> Option<Elapse<'_>> {
    let cx = current()?;
    let nanos = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
    let clock = coyote_shim::clock_here(cx);
    let deadline = cx.now_of(clock).saturating_add(nanos);
    // A frozen clock moves when nothing else can run, so nothing can have taken long.
    let after = if races && !cx.is_frozen(clock) {
        draw_lateness(cx, place).map(|points| cx.steps() + points)
    } else {
        None
    };
    let key = None;
    Some(Elapse { armed, clock, deadline, after, key, execution: cx.id(), place })
}

/// Draws after how many scheduling points a timer fires, if not in idle time only: whatever was done until
/// then took that long. A timer that fires at once is put off by the schedule, as any task is, so that and short
/// waits, which cannot be made of long ones, are the likely ones; measured on the samples.
fn draw_lateness(cx: Context, place: Place) -> Option<u64> {
    match cx.choose(12, place) {
        0 => None,
        scale @ 1..8 => Some(u64::from(cx.choose(1 << (scale - 1), place))),
        8 => Some(u64::from(cx.choose(512, place))),
        _ => Some(0),
    }
}

/// A timer of the engine's clock, which may also fire after some steps.
struct Elapse<'a> {
    armed: &'a Armed,
    clock: ClockId,
    /// In nanoseconds of that clock.
    deadline: u64,
    after: Option<u64>,
    key: Option<TimerKey>,
    execution: u64,
    place: Place,
}

impl Elapse<'_> {
    fn disarm(&mut self) {
        if let Some(key) = self.key.take()
            && let Some(cx) = current()
            && cx.id() == self.execution
        {
            cx.cancel_timer(key);
        }
    }
}

impl Future for Elapse<'_> {
    type Output = bool;

    fn poll(mut self: Pin<&mut Self>, poll: &mut PollContext<'_>) -> Poll<bool> {
        let this = &mut *self;
        let Some(cx) = current() else { return Poll::Ready(false) };
        if this.armed.is_stopped(poll.waker()) {
            this.disarm();
            return Poll::Ready(false);
        }
        if cx.now_of(this.clock) >= this.deadline {
            this.disarm();
            return Poll::Ready(true);
        }
        if this.after.is_some_and(|after| cx.steps() >= after) {
            this.disarm();
            cx.advance_clock(this.clock, this.deadline);
            return Poll::Ready(true);
        }
        if this.key.is_none() {
            this.key = Some(cx.arm_on(this.clock, this.deadline, poll.waker().clone()));
            if let Some(after) = this.after {
                cx.wake_after_step(after, poll.waker().clone());
            }
        }
        cx.note_wait(Op::local(OpKind::Sleep, this.place), poll.waker());
        Poll::Pending
    }
}

impl Drop for Elapse<'_> {
    fn drop(&mut self) {
        self.disarm();
    }
}
