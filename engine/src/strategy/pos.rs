//! Partial order sampling: Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018.
//!
//! Each pending operation has a random priority, drawn when it becomes pending; the enabled one with the
//! highest happens. All pending operations that race with it get a new one then. So every order of
//! racing operations is about as likely as any other, however many independent ones lie around them: a
//! partial order is sampled with a probability whose lower bound is exponentially better than that of a
//! random walk. What commutes with all other operations, such as the head of a loop, shares the priority of
//! the task's next operation.
//!
//! A task that yields gives its next operation a priority below all others, mostly. There are no parameters.
//! A pending operation of low priority can lose for as long as others keep coming, so it is fair by its
//! suffix only ([`FairSuffix`](super::FairSuffix)).

use super::courtesy::Courtesy;
use super::{Point, Strategy};
use crate::op::{ObjectId, Op, TaskId};
use crate::rng::Rng;

/// Set in every priority that was drawn for an operation, and clear in that of a yielded task.
const DRAWN: u32 = 1 << 31;

/// Runs the pending operation of the highest random priority.
#[derive(Debug)]
pub struct Pos {
    rng: Rng,
    priorities: Priorities,
    courtesy: Courtesy,
}

impl Pos {
    /// Creates the strategy.
    pub fn new() -> Self {
        Pos { rng: Rng::new(0), priorities: Priorities::default(), courtesy: Courtesy::default() }
    }

    /// Returns the enabled task whose operation `rank`s highest, and among those has the highest
    /// priority. A task that yielded comes after all others, whatever its rank.
    pub(super) fn best(&mut self, point: &Point<'_>, rank: impl Fn(Op) -> u8) -> TaskId {
        let mut best = (0, 0, 0);
        for task in point.enabled.iter() {
            let priority = self.priorities.of(task, &mut self.rng);
            let rank = if priority & DRAWN == 0 { 0 } else { 1 + rank(point.op(task)) };
            if (rank, priority) > (best.0, best.1) {
                best = (rank, priority, task);
            }
        }
        best.2
    }

    /// Notes that the operation of `task` happens.
    pub(super) fn happens(&mut self, point: &Point<'_>, task: TaskId) {
        let op = point.op(task);
        self.priorities.happened(task, op);
        if op.object() == ObjectId::NONE {
            return;
        }
        for other in point.enabled.iter() {
            if op.races_with(point.op(other)) {
                self.priorities.forget(other);
            }
        }
    }
}

impl Default for Pos {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for Pos {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
        self.priorities.clear();
        self.courtesy.begin(&mut self.rng);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let task = self.best(point, |_| 0);
        self.happens(point, task);
        task
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn yielded(&mut self, task: TaskId) {
        if self.courtesy.ignores() {
            self.priorities.forget(task);
        } else {
            self.priorities.lower(task, &mut self.rng);
        }
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn passed(&mut self, point: &Point<'_>) {
        let task = point.enabled.select(0);
        self.priorities.happened(task, point.op(task));
    }

    fn wants_every_point(&self) -> bool {
        true
    }

    fn is_fair(&self, _step: u64) -> bool {
        false
    }

    fn name(&self) -> String {
        "pos".to_owned()
    }
}

/// Random priorities of pending operations, by task; never 0 once drawn.
#[derive(Debug, Default)]
pub(super) struct Priorities(Vec<u32>);

impl Priorities {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    fn slot(&mut self, task: TaskId) -> &mut u32 {
        let index = task as usize;
        if index >= self.0.len() {
            self.0.resize(index + 1, 0);
        }
        &mut self.0[index]
    }

    /// Returns the priority of the task's pending operation, drawing it if that is new.
    pub(super) fn of(&mut self, task: TaskId, rng: &mut Rng) -> u32 {
        let slot = self.slot(task);
        if *slot == 0 {
            *slot = DRAWN | rng.next_u64() as u32;
        }
        *slot
    }

    /// Has a new priority drawn for the task's next operation, unless `op`, its last one, commutes with all
    /// others: those are not worth a draw of their own, and count as one with the next.
    pub(super) fn happened(&mut self, task: TaskId, op: Op) {
        if !op.commutes_with_all() {
            self.forget(task);
        }
    }

    /// Has a new priority drawn for the task when it is next enabled.
    pub(super) fn forget(&mut self, task: TaskId) {
        *self.slot(task) = 0;
    }

    /// Draws a priority below those of all tasks that have not yielded.
    pub(super) fn lower(&mut self, task: TaskId, rng: &mut Rng) {
        *self.slot(task) = 1 | (rng.next_u64() as u32 & !DRAWN);
    }
}
