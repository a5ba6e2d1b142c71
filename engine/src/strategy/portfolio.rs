//! Several strategies in turn, one per execution. No single one finds every kind of bug.

use super::{Point, Strategy};
use crate::end::Divergence;
use crate::op::TaskId;

/// Rotates through its members, one per execution; one seed drives all.
pub struct Portfolio {
    members: Vec<Box<dyn Strategy + Send>>,
    executions: usize,
    active: usize,
}

impl Portfolio {
    /// Creates a portfolio.
    ///
    /// # Panics
    /// Panics if there is no member.
    pub fn new(members: Vec<Box<dyn Strategy + Send>>) -> Self {
        assert!(!members.is_empty(), "a portfolio needs a member");
        Portfolio { members, executions: 0, active: 0 }
    }

    fn active(&mut self) -> &mut dyn Strategy {
        &mut *self.members[self.active]
    }
}

impl Strategy for Portfolio {
    fn begin(&mut self, seed: u64) {
        self.active = self.executions % self.members.len();
        self.executions += 1;
        self.active().begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.active().pick(point)
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.active().choose(n)
    }

    fn spawned(&mut self, task: TaskId) {
        self.active().spawned(task);
    }

    fn yielded(&mut self, task: TaskId) {
        self.active().yielded(task);
    }

    fn wants_yields(&self) -> bool {
        self.members[self.active].wants_yields()
    }

    fn is_fair(&self, step: u64) -> bool {
        self.members[self.active].is_fair(step)
    }

    fn name(&self) -> String {
        self.members[self.active].name()
    }

    fn divergence(&self) -> Option<Divergence> {
        self.members[self.active].divergence()
    }
}
