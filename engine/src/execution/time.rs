//! The virtual clock.

use std::task::Waker;
use std::time::Duration;

use super::rec::flag;
use super::{CLOCK, Execution, Phase, Time};
use crate::clock::{ClockId, SideClock, Target, TimerKey};
use crate::lane::LaneId;
use crate::object::Gate;
use crate::op::{ObjectId, TaskId};

/// How long, in real time, a run with nothing left to do waits for threads outside of control. One in place
/// waits for ever, as its program does without control.
const GRACE: Duration = Duration::from_secs(1);

/// How much virtual time may pass, in nanoseconds, while a parked runtime moves its frozen clock: were it none, one
/// that does so for ever would keep the timers of all others from firing.
const AUTO_ADVANCE: u64 = 1_000_000;

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

    /// Creates a clock that reads what the virtual one does, and can be frozen, for the runtime whose tasks
    /// are in `lane`.
    pub fn create_clock(&self, lane: LaneId) -> ClockId {
        self.pool().clocks.with(|clocks| {
            clocks.push(SideClock::new(lane, self.now.get()));
            ClockId(clocks.len() as u32)
        })
    }

    fn with_clock<R>(&self, clock: ClockId, f: impl FnOnce(&mut SideClock) -> R) -> Option<R> {
        let index = (clock.0 as usize).checked_sub(1)?;
        self.pool().clocks.with(|clocks| clocks.get_mut(index).map(f))
    }

    /// Returns what a clock reads, in nanoseconds.
    pub fn now_of(&self, clock: ClockId) -> u64 {
        let now = self.now.get();
        self.with_clock(clock, |clock| clock.now(now)).unwrap_or(now)
    }

    /// Returns what a clock reads to the program, whose further course may depend on it.
    pub fn read_clock_of(&self, clock: ClockId) -> u64 {
        let now = self.now_of(clock);
        self.observed(now);
        now
    }

    /// Returns whether some clock may read something else than the virtual one.
    pub fn clocks_differ(&self) -> bool {
        self.clocks_differ.get()
    }

    /// Freezes a clock, or lets it go on; returns whether it was frozen. The virtual one never is.
    pub fn set_frozen(&self, clock: ClockId, frozen: bool) -> bool {
        let now = self.now.get();
        self.clocks_differ.set(true);
        let was_frozen = self.with_clock(clock, |clock| clock.set_frozen(frozen, now));
        self.show_clock();
        was_frozen.unwrap_or(false)
    }

    /// Returns whether a clock is frozen.
    pub fn is_frozen(&self, clock: ClockId) -> bool {
        self.clocks_differ.get() && self.with_clock(clock, |clock| clock.is_frozen()).unwrap_or(false)
    }

    /// Keeps a frozen clock where it is while its runtime has nothing to do, or no longer.
    pub fn hold_clock(&self, clock: ClockId, hold: bool) {
        self.with_clock(clock, |clock| clock.is_held = hold);
    }

    /// Arms a timer that wakes a future at `deadline`, in virtual nanoseconds.
    pub fn arm(&self, deadline: u64, waker: Waker) -> TimerKey {
        self.arm_target(deadline, Target::Waker(waker))
    }

    /// Arms a timer that wakes a future when `clock` reads `deadline`.
    pub fn arm_on(&self, clock: ClockId, deadline: u64, waker: Waker) -> TimerKey {
        let now = self.now.get();
        let mut target = Some(Target::Waker(waker));
        let armed = self.with_clock(clock, |side| {
            let key = side.timers.arm(deadline.max(side.now(now)), target.take()?);
            Some(TimerKey { clock, ..key })
        });
        match (armed.flatten(), target) {
            (None, Some(target)) => self.arm_target(deadline, target),
            (Some(key), _) => {
                self.show_clock();
                key
            }
            (None, None) => unreachable!("a timer that is not armed keeps its target"),
        }
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
        let target = match self.with_clock(key.clock, |clock| clock.timers.cancel(key)) {
            Some(target) => target,
            None => self.pool().timers.with(|timers| timers.cancel(key)),
        };
        self.show_clock();
        drop(target);
    }

    /// Keeps the clock enabled exactly while it may race with ready work.
    fn show_clock(&self) {
        if self.time == Time::Racing && self.phase.get() == Phase::Running {
            let armed = self.next_deadline().is_some();
            self.pool()
                .enabled
                .with(|enabled| if armed { enabled.insert(CLOCK) } else { enabled.remove(CLOCK) });
        }
    }

    /// Returns the virtual time of the earliest deadline, on whichever clock that is not frozen.
    fn next_deadline(&self) -> Option<u64> {
        let first = self.pool().timers.with(|timers| timers.next_deadline());
        self.pool().clocks.with(|clocks| {
            let others = clocks.iter_mut().filter_map(SideClock::next_deadline);
            others.chain(first).min()
        })
    }

    /// Returns whether any timer is armed.
    pub(super) fn has_timers(&self) -> bool {
        self.pool().timers.with(|timers| !timers.is_empty())
            || self.pool().clocks.with(|clocks| clocks.iter().any(|clock| !clock.timers.is_empty()))
    }

    /// Moves the clock to `to` and fires what is due, which may wake tasks; for programs that know how
    /// long something has taken.
    pub fn advance_to(&self, to: u64) {
        self.now.set(self.now.get().max(to));
        self.fire();
    }

    /// Moves a clock to `to` and fires what is due; for paused clocks that the program advances itself.
    pub fn advance_clock(&self, clock: ClockId, to: u64) {
        let now = self.now.get();
        match self.with_clock(clock, |clock| clock.advance_to(to, now)) {
            Some(()) => self.fire(),
            None => self.advance_to(to),
        }
    }

    /// Moves the clock to the next deadline; all timers that are due then fire.
    pub(super) fn tick(&self) {
        if let Some(deadline) = self.next_deadline() {
            self.now.set(self.now.get().max(deadline));
        }
        self.fire();
    }

    fn fire(&self) {
        while let Some(target) = self.pop_due() {
            match target {
                Target::Waker(waker) => waker.wake(),
                Target::Task(task) => self.time_out(task),
            }
        }
        self.show_clock();
    }

    fn pop_due(&self) -> Option<Target> {
        let now = self.now.get();
        let due = self.pool().timers.with(|timers| timers.pop_due(now));
        due.or_else(|| {
            let of = |clock: &mut SideClock| clock.timers.pop_due(clock.now(now));
            self.pool().clocks.with(|clocks| clocks.iter_mut().find_map(of))
        })
    }

    /// Lets time pass, nothing being ready. Returns false if no timer is armed that could fire.
    ///
    /// A parked runtime moves its frozen clock at once, so that comes before time passes.
    pub(super) fn pass_time(&self) -> bool {
        let next = self.next_deadline();
        let passed = self.advancing.get();
        let is_due = next.is_some_and(|next| next.saturating_sub(self.now.get()) <= passed);
        if !is_due && self.advance_frozen() {
            self.advancing.set(passed + AUTO_ADVANCE);
            return true;
        }
        if next.is_some() {
            self.advancing.set(0);
            self.tick();
        }
        next.is_some()
    }

    /// Moves the frozen clock of a runtime that is parked to its next deadline; each such runtime as often as the others.
    fn advance_frozen(&self) -> bool {
        let is_parked = |lane: LaneId| {
            let lane = self.lane(lane.0);
            lane.running.get() == 0 && lane.thread.get() != 0
        };
        let advance = |clocks: &mut Vec<SideClock>| {
            let may = |clock: &&mut SideClock| {
                clock.is_frozen() && !clock.is_held && !clock.timers.is_empty() && is_parked(clock.lane)
            };
            let clock = clocks.iter_mut().filter(may).min_by_key(|clock| clock.moves)?;
            clock.moves += 1;
            let deadline = clock.timers.next_deadline()?;
            clock.advance_to(deadline, 0);
            Some(())
        };
        let advanced = self.clocks_differ.get() && self.pool().clocks.with(advance).is_some();
        if advanced {
            self.fire();
        }
        advanced
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
        self.foreign.get() || (crate::remote::foreign_seen() && self.has_left_waker())
    }

    /// Looks outside once more before a deadlock is reported. Returns whether something can run now.
    fn look_outside_at_last(&self) -> bool {
        if !self.has_left_waker() {
            return false;
        }
        if self.outside_used.get() {
            self.wait_outside(GRACE) || self.is_in_place()
        } else {
            self.turn_outside()
        }
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
        } else if self.look_outside() {
            // Something has arrived.
        } else if self.pass_time() {
            self.note_idle_tick();
        } else if self.wake_first_alarm() {
            // Nothing else can bring that scheduling point about.
        } else if self.may_be_woken_from_outside() && (self.wait_outside(GRACE) || self.is_in_place()) {
            if self.slot.mail.load(std::sync::atomic::Ordering::Relaxed) {
                self.read_mail();
            }
        } else if self.look_outside_at_last() {
            // A signal, or what else nobody registers for.
        } else {
            self.deadlocked();
        }
        true
    }
}
