//! What the program does outside of control: real sockets, pipes, files.
//!
//! A reactor of the layer above is given its turn where nothing can run, and now and then where much can.
//! What it brings, and when, is up to the operating system: the report says so.

use std::any::Any;
use std::rc::Rc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::rec::{State, flag};
use super::{CLOCK, Execution, ROOT};
use crate::op::TaskId;

/// After how many scheduling points a used reactor has its turn though tasks can run.
const INTERVAL: u64 = 61;
/// For how long, in real time, what happens outside is waited for before virtual time passes.
const PATIENCE: Duration = Duration::from_millis(10);
/// How long a reactor waits at a time. Threads outside of control are looked after in between.
const TURN: Duration = Duration::from_millis(1);

/// Looks after what is outside of control.
pub trait Outside: Any {
    /// Wakes those for whom something has arrived; waits for that, at most so long in real time.
    fn turn(&self, at_most: Duration);

    /// Told when something is registered with the operating system for the first time.
    fn used(&self);

    /// Takes leave of an execution that has ended.
    fn end(self: Rc<Self>);
}

impl Execution {
    /// Returns what looks after the outside.
    pub fn outside(&self) -> Option<Rc<dyn Outside>> {
        let outside = self.outside.take();
        self.outside.set(outside.clone());
        outside
    }

    /// Does something that uses the operating system, but is no part of the program.
    pub fn apart_from_outside<R>(&self, f: impl FnOnce() -> R) -> R {
        let outside = self.outside.take();
        let result = f();
        self.outside.set(outside);
        result
    }

    /// Sets what looks after the outside.
    pub fn set_outside(&self, outside: Rc<dyn Outside>) {
        drop(self.outside.replace(Some(outside)));
    }

    /// Returns whether the outside has parts, and who runs has to be in the right one.
    #[inline]
    pub fn outside_has_parts(&self) -> bool {
        self.outside_has_parts.get()
    }

    /// Says that the outside has parts now.
    pub fn note_outside_parts(&self) {
        self.outside_has_parts.set(true);
    }

    #[inline]
    pub(super) fn end_outside(&self) {
        if let Some(outside) = self.outside.take() {
            outside.end();
        }
    }

    /// Called when code under control has something watched by the operating system.
    pub(crate) fn outside_registered(&self) {
        if !self.use_outside() {
            return;
        }
        let task = self.current.get();
        let text = if task == CLOCK {
            "the test".to_owned()
        } else {
            format!("{}, after the operation at {},", self.task_name(task), self.task(task).op().location())
        };
        self.note_uncontrolled(format!(
            "{text} used a real socket, pipe or other file (what arrives there, and when, is not repeatable)"
        ));
    }

    /// Notes that the outside is used; returns whether that is news.
    pub(super) fn use_outside(&self) -> bool {
        let Some(outside) = self.outside() else { return false };
        let is_new = !self.outside_used.replace(true);
        if is_new {
            outside.used();
            self.set_alarm();
        }
        is_new
    }

    /// Returns the step after which a used reactor has its turn.
    pub(super) fn next_turn(&self) -> Option<u64> {
        self.outside_used.get().then(|| self.last_turn.get() + INTERVAL)
    }

    /// Gives the reactor its turn if it is time for that, though tasks can run.
    pub(super) fn turn_while_busy(&self, step: u64) {
        if self.next_turn().is_some_and(|next| step > next) {
            self.last_turn.set(step);
            self.turn(Duration::ZERO);
        }
    }

    /// A task has yielded: if nobody else can run, a used reactor can. A runtime's worker would look there before
    /// it polls the task again.
    pub(super) fn yields_to_outside(&self, id: TaskId) {
        let is_alone = || self.pool().enabled.with(|enabled| enabled.len() == 1 && enabled.contains(id));
        if self.outside_used.get() && is_alone() {
            self.turn(Duration::ZERO);
        }
    }

    fn turn(&self, at_most: Duration) {
        if let Some(outside) = self.outside() {
            outside.turn(at_most);
        }
    }

    /// Gives the reactor its turn. Returns whether something can run now.
    pub(super) fn turn_outside(&self) -> bool {
        self.turn(Duration::ZERO);
        self.is_something_ready()
    }

    /// Nothing can run: lets what has arrived outside wake tasks. What may still arrive is waited for, in real
    /// time, before virtual time passes. Returns whether something can run now.
    pub(super) fn look_outside(&self) -> bool {
        if !self.outside_used.get() {
            return false;
        }
        self.last_turn.set(self.steps());
        self.turn_outside() || (self.has_left_waker() && self.wait_outside(PATIENCE))
    }

    /// Waits, in real time, for something from outside. Returns whether something can run now.
    pub(super) fn wait_outside(&self, at_most: Duration) -> bool {
        if self.outside().is_none() {
            return self.slot.wait(at_most);
        }
        // Each turn takes that long, or a little more.
        let turns = at_most.as_nanos() / TURN.as_nanos();
        (0..turns).any(|_| {
            self.turn(TURN);
            self.is_something_ready()
        })
    }

    fn is_something_ready(&self) -> bool {
        self.slot.mail.load(Ordering::Relaxed)
            || self.pool().enabled.with(|enabled| enabled.at_or_after(ROOT).is_some())
    }

    /// Returns whether a waiting task has left a waker at a place unknown.
    pub(super) fn has_left_waker(&self) -> bool {
        let left_waker = |id: TaskId| {
            let rec = self.task(id);
            let known = rec.waits.with(|waits| waits.len() as u32);
            (rec.state.get() == State::Parked || rec.has(flag::ASLEEP)) && rec.wakers.get() != known
        };
        (ROOT..self.next_task.get()).any(left_waker)
    }
}
