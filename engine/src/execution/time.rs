//! The virtual clock.

use std::task::Waker;
use std::time::Duration;

use super::rec::{State, flag};
use super::{CLOCK, Execution, Phase, Time};
use crate::clock::{Target, TimerKey};
use crate::object::Gate;
use crate::op::{ObjectId, TaskId};

/// How long, in real time, a run with nothing left to do waits for threads outside of control. One in place
/// waits for ever, as its program does without control.
const GRACE: Duration = Duration::from_secs(1);

impl Execution {
    /// Returns the virtual time, in nanoseconds since the execution began.
    pub fn now(&self) -> u64 {
        self.now.get()
    }

    /// Returns the virtual time to the program, whose further course may depend on it.
    pub fn read_clock(&self) -> u64 {
        self.observed(self.now.get());
        self.now.get()
    }

    /// Arms a timer that wakes a future at `deadline`, in virtual nanoseconds.
    pub fn arm(&self, deadline: u64, waker: Waker) -> TimerKey {
        self.arm_target(deadline, Target::Waker(waker))
    }

    pub(super) fn arm_task(&self, deadline: u64, task: TaskId) -> TimerKey {
        self.arm_target(deadline, Target::Task(task))
    }

    fn arm_target(&self, deadline: u64, target: Target) -> TimerKey {
        let key = self.pool().timers.with(|timers| timers.arm(deadline.max(self.now.get()), target));
        self.show_clock();
        key
    }

    /// Disarms a timer; nothing happens if it has fired.
    pub fn cancel_timer(&self, key: TimerKey) {
        let target = self.pool().timers.with(|timers| timers.cancel(key));
        self.show_clock();
        drop(target);
    }

    /// Keeps the clock enabled exactly while it may race with ready work.
    fn show_clock(&self) {
        if self.time == Time::Racing && self.phase.get() == Phase::Running {
            let armed = self.pool().timers.with(|timers| !timers.is_empty());
            self.pool()
                .enabled
                .with(|enabled| if armed { enabled.insert(CLOCK) } else { enabled.remove(CLOCK) });
        }
    }

    /// Moves the clock to `to` and fires what is due, which may wake tasks; for paused clocks that the
    /// program advances itself.
    pub fn advance_to(&self, to: u64) {
        self.now.set(self.now.get().max(to));
        self.fire();
    }

    /// Moves the clock to the next deadline; all timers that are due then fire.
    pub(super) fn tick(&self) {
        if let Some(deadline) = self.pool().timers.with(|timers| timers.next_deadline()) {
            self.now.set(self.now.get().max(deadline));
        }
        self.fire();
    }

    fn fire(&self) {
        while let Some(target) = self.pool().timers.with(|timers| timers.pop_due(self.now.get())) {
            match target {
                Target::Waker(waker) => waker.wake(),
                Target::Task(task) => self.time_out(task),
            }
        }
        self.show_clock();
    }

    /// Ends a task's wait at a closed gate, or for a notification.
    fn time_out(&self, task: TaskId) {
        let rec = self.task(task);
        let (object, gate) = rec.gate.get();
        let relock = rec.relock.get();
        if object == ObjectId::NONE || self.is_open(object, gate) || (object, gate) == relock {
            // It is about to go through, or waits for its lock again.
            return;
        }
        self.object_rec(object).gates[gate as usize].waiting.with(|waiting| waiting.remove(task));
        rec.gate.set((ObjectId::NONE, Gate::Exclusive));
        rec.set(flag::TIMED_OUT);
        if relock.0 != ObjectId::NONE {
            self.await_lock(task);
        } else {
            self.pool().enabled.with(|enabled| enabled.insert(task));
        }
    }

    /// Returns whether an OS thread that is not under control may still do something for a task: one that
    /// was created in this execution, or any, if a task has left its waker at a place unknown.
    fn may_be_woken_from_outside(&self) -> bool {
        let left_waker = |id: TaskId| {
            let rec = self.task(id);
            let known = rec.waits.with(|waits| waits.len() as u32);
            (rec.state.get() == State::Parked || rec.has(flag::ASLEEP)) && rec.wakers.get() != known
        };
        self.foreign.get()
            || (crate::remote::foreign_seen() && (super::ROOT..self.next_task.get()).any(left_waker))
    }

    /// Nothing is enabled: lets time pass, or ends the run. Returns false if there is nothing left.
    #[cold]
    pub(super) fn idle(&self) -> bool {
        if self.unfinished.get() == 0 {
            return false;
        }
        if self.phase.get() == Phase::Teardown {
            self.unstick();
            return true;
        }
        if self.slot.mail.load(std::sync::atomic::Ordering::Relaxed) {
            self.read_mail();
        } else if self.pool().timers.with(|timers| timers.next_deadline()).is_some() {
            self.note_idle_tick();
            self.tick();
        } else if self.wake_first_alarm() {
            // Nothing else can bring that scheduling point about.
        } else if self.may_be_woken_from_outside() && (self.slot.wait(GRACE) || self.is_in_place()) {
            self.read_mail();
        } else {
            self.deadlocked();
        }
        true
    }
}
