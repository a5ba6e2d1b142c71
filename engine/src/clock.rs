//! Virtual time: armed timers in deadline order; clocks that can be frozen.
//!
//! The virtual clock stands for real time. A runtime whose clock can be paused has one of its own, which follows
//! the virtual one until it is frozen.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

use crate::lane::LaneId;
use crate::op::TaskId;

/// A clock's number in its execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClockId(pub(crate) u32);

impl ClockId {
    /// The virtual clock itself, which nothing freezes.
    pub const VIRTUAL: ClockId = ClockId(0);
}

/// Names an armed timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerKey {
    pub(crate) clock: ClockId,
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// What happens when a timer fires.
pub(crate) enum Target {
    /// Wakes a future.
    Waker(Waker),
    /// Ends a task's wait at a gate.
    Task(TaskId),
}

struct Entry {
    generation: u32,
    target: Option<Target>,
}

/// The armed timers of one execution. Equal deadlines fire together.
#[derive(Default)]
pub(crate) struct Timers {
    /// `(deadline in nanoseconds, index, generation)`; entries of cancelled timers stay until they
    /// come up.
    heap: BinaryHeap<Reverse<(u64, u32, u32)>>,
    entries: Vec<Entry>,
    free: Vec<u32>,
    armed: u32,
}

impl Timers {
    pub(crate) fn clear(&mut self) {
        self.heap.clear();
        self.entries.clear();
        self.free.clear();
        self.armed = 0;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.armed == 0
    }

    pub(crate) fn arm(&mut self, deadline: u64, target: Target) -> TimerKey {
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry { generation: 0, target: None });
            self.entries.len() as u32 - 1
        });
        let entry = &mut self.entries[index as usize];
        entry.target = Some(target);
        self.armed += 1;
        self.heap.push(Reverse((deadline, index, entry.generation)));
        TimerKey { clock: ClockId::VIRTUAL, index, generation: entry.generation }
    }

    /// Disarms a timer and returns what it would have done; None if it has fired or was cancelled.
    pub(crate) fn cancel(&mut self, key: TimerKey) -> Option<Target> {
        let entry = self.entries.get_mut(key.index as usize)?;
        if entry.generation != key.generation {
            return None;
        }
        let target = entry.target.take()?;
        entry.generation += 1;
        self.free.push(key.index);
        self.armed -= 1;
        if self.armed == 0 {
            self.heap.clear();
        }
        Some(target)
    }

    /// Returns the earliest deadline.
    pub(crate) fn next_deadline(&mut self) -> Option<u64> {
        while let Some(&Reverse((deadline, index, generation))) = self.heap.peek() {
            if self.entries[index as usize].generation == generation {
                return Some(deadline);
            }
            self.heap.pop();
        }
        None
    }

    /// Returns whether a timer is armed that ends a wait of `task`.
    pub(crate) fn has_task(&self, task: TaskId) -> bool {
        self.entries.iter().any(|entry| matches!(entry.target, Some(Target::Task(t)) if t == task))
    }

    /// Takes one timer that is due at `now`.
    pub(crate) fn pop_due(&mut self, now: u64) -> Option<Target> {
        if self.next_deadline()? > now {
            return None;
        }
        let Reverse((_, index, generation)) = self.heap.pop()?;
        self.cancel(TimerKey { clock: ClockId::VIRTUAL, index, generation })
    }
}

/// The clock of a runtime that may freeze it.
pub(crate) struct SideClock {
    pub(crate) timers: Timers,
    /// What it read when it was last frozen, let go or moved.
    read: u64,
    /// The virtual time of that; None while it is frozen.
    since: Option<u64>,
    /// Whether it stays where it is, frozen, though its runtime has nothing to do.
    pub(crate) is_held: bool,
    /// The lane of its runtime, which is parked if nobody is in the middle of a poll there.
    pub(crate) lane: LaneId,
    /// How often it moved because its runtime was parked.
    pub(crate) moves: u64,
}

impl SideClock {
    /// Creates a clock that reads `now`, as the virtual one does.
    pub(crate) fn new(lane: LaneId, now: u64) -> SideClock {
        SideClock { timers: Timers::default(), read: now, since: Some(now), is_held: false, lane, moves: 0 }
    }

    pub(crate) fn is_frozen(&self) -> bool {
        self.since.is_none()
    }

    /// Returns what it reads at the virtual time `now`.
    pub(crate) fn now(&self, now: u64) -> u64 {
        match self.since {
            Some(since) => self.read.saturating_add(now.saturating_sub(since)),
            None => self.read,
        }
    }

    /// Freezes it, or lets it go on; returns whether it was frozen.
    pub(crate) fn set_frozen(&mut self, frozen: bool, now: u64) -> bool {
        let was_frozen = self.is_frozen();
        if was_frozen != frozen {
            self.read = self.now(now);
            self.since = (!frozen).then_some(now);
        }
        was_frozen
    }

    /// Moves it to `to`, if that lies ahead.
    pub(crate) fn advance_to(&mut self, to: u64, now: u64) {
        self.read = self.now(now).max(to);
        self.since = self.since.map(|_| now);
    }

    /// Returns the virtual time of its earliest deadline, or None while it is frozen.
    pub(crate) fn next_deadline(&mut self) -> Option<u64> {
        let since = self.since?;
        let deadline = self.timers.next_deadline()?;
        Some(since.saturating_add(deadline.saturating_sub(self.read)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(target: Option<Target>) -> Option<TaskId> {
        match target? {
            Target::Task(task) => Some(task),
            Target::Waker(_) => None,
        }
    }

    #[test]
    fn timers_fire_in_deadline_order_and_cancelled_ones_do_not() {
        let mut timers = Timers::default();
        let late = timers.arm(30, Target::Task(3));
        timers.arm(10, Target::Task(1));
        let gone = timers.arm(20, Target::Task(2));
        assert_eq!(task(timers.cancel(gone)), Some(2));
        assert!(timers.cancel(gone).is_none());
        assert_eq!(timers.next_deadline(), Some(10));
        assert_eq!(task(timers.pop_due(25)), Some(1));
        assert!(timers.pop_due(25).is_none());
        assert_eq!(timers.next_deadline(), Some(30));
        assert!(!timers.is_empty());
        assert_eq!(task(timers.cancel(late)), Some(3));
        assert!(timers.is_empty() && timers.next_deadline().is_none());
    }

    #[test]
    fn a_frozen_clock_stands_still_and_goes_on_from_there() {
        let mut clock = SideClock::new(LaneId::UNLIMITED, 100);
        clock.timers.arm(130, Target::Task(1));
        assert_eq!((clock.now(110), clock.next_deadline()), (110, Some(130)));
        assert!(!clock.set_frozen(true, 110));
        assert_eq!((clock.now(500), clock.next_deadline()), (110, None));
        clock.advance_to(120, 500);
        assert!(clock.set_frozen(true, 600) && clock.set_frozen(false, 700));
        assert_eq!((clock.now(705), clock.next_deadline()), (125, Some(710)));
    }
}
