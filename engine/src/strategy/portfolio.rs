//! Several strategies, one per execution. No single one finds every kind of bug.
//!
//! The default mix, and the measurements it was chosen by, are in `docs/src/corpus.md`.

use std::sync::Arc;

use super::{Point, Profile, Strategy};
use crate::end::Divergence;
use crate::op::TaskId;

/// Lets its members take turns, each in proportion to its share; one seed drives all.
pub struct Portfolio {
    members: Vec<Member>,
    active: usize,
}

struct Member {
    strategy: Box<dyn Strategy + Send>,
    share: i64,
    /// How much it was passed over: the one with the most is next.
    credit: i64,
}

impl Portfolio {
    /// Creates a portfolio of strategies with their shares. Turns are spread evenly, in the same order
    /// whatever the seed, so that the first few executions have one of each kind.
    ///
    /// # Panics
    /// Panics if there is no member.
    pub fn new(members: Vec<(u32, Box<dyn Strategy + Send>)>) -> Self {
        assert!(!members.is_empty(), "a portfolio needs a member");
        let member = |(share, strategy)| Member { strategy, share: i64::from(share), credit: 0 };
        Portfolio { members: members.into_iter().map(member).collect(), active: 0 }
    }

    fn active(&self) -> &(dyn Strategy + Send) {
        &*self.members[self.active].strategy
    }

    fn active_mut(&mut self) -> &mut (dyn Strategy + Send) {
        &mut *self.members[self.active].strategy
    }
}

impl Strategy for Portfolio {
    fn begin(&mut self, seed: u64) {
        let sum: i64 = self.members.iter().map(|member| member.share).sum();
        for member in &mut self.members {
            member.credit += member.share;
        }
        let most = self.members.iter().map(|member| member.credit).max();
        let next = self.members.iter().position(|member| Some(member.credit) == most);
        self.active = next.expect("a portfolio has a member");
        self.members[self.active].credit -= sum;
        self.active_mut().begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.active_mut().pick(point)
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.active_mut().choose(n)
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        self.active_mut().spawned(task, parent, path);
    }

    fn yielded(&mut self, task: TaskId) {
        self.active_mut().yielded(task);
    }

    fn wants_yields(&self) -> bool {
        self.active().wants_yields()
    }

    fn passed(&mut self, point: &Point<'_>) {
        self.active_mut().passed(point);
    }

    fn wants_every_point(&self) -> bool {
        self.active().wants_every_point()
    }

    fn learn(&mut self, profile: &Arc<Profile>) {
        self.members.iter_mut().for_each(|member| member.strategy.learn(profile));
    }

    fn is_fair(&self, step: u64) -> bool {
        self.active().is_fair(step)
    }

    fn name(&self) -> String {
        self.active().name()
    }

    fn divergence(&self) -> Option<Divergence> {
        self.active().divergence()
    }
}
