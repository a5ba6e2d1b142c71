//! Virtual time: armed timers in deadline order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::task::Waker;

use crate::op::TaskId;

/// Names an armed timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerKey {
    index: u32,
    generation: u32,
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
        TimerKey { index, generation: entry.generation }
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
        self.cancel(TimerKey { index, generation })
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
}
