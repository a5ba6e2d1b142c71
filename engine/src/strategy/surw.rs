//! Selectively uniform random walk: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform concurrency
//! testing", ASPLOS 2025.
//!
//! For each execution one shared object is drawn, in proportion to the accesses to it; its accesses are
//! the *interesting* operations. Which task does the next of these is drawn in proportion to the number
//! of them left to each, descendants to come included: so every interleaving of the interesting
//! operations has the same probability, as in [`Urw`](super::Urw), but over a far smaller space. All other
//! operations happen in order of random priorities, one per operation, and hold nobody up: every
//! interleaving stays possible.
//!
//! Objects and counts are learned ([`Profile`]); before anything was learned only the random priorities are
//! left. There are no parameters. What waits for its turn among the interesting operations is held back, so it is fair by
//! its suffix only; a task that yields, and a thousand operations without an interesting one, let all go.

use std::sync::Arc;

use super::courtesy::Courtesy;
use super::pos::Priorities;
use super::urw::Weights;
use super::{Point, Profile, Strategy};
use crate::bits::TaskSet;
use crate::op::{Access, ObjectId, Op, TaskId};
use crate::rng::Rng;

/// So many operations without an interesting one end the holding back.
const PATIENCE: u32 = 1000;

/// Samples the interleavings of the accesses to one shared object uniformly.
#[derive(Debug)]
pub struct Surw {
    rng: Rng,
    profile: Arc<Profile>,
    /// The drawn group of objects, as its index in the profile.
    group: Option<usize>,
    /// Whether an object belongs to the group, once that was looked up.
    belongs: Vec<Option<bool>>,
    /// Interesting operations left.
    left: Weights,
    priorities: Priorities,
    /// The task that does the next interesting operation, or 0.
    intended: TaskId,
    /// Tasks before an interesting operation that is not their turn.
    held: TaskSet,
    waited: u32,
    courtesy: Courtesy,
}

impl Surw {
    /// Creates the strategy.
    pub fn new() -> Self {
        Surw {
            rng: Rng::new(0),
            profile: Arc::default(),
            group: None,
            belongs: Vec::new(),
            left: Weights::default(),
            priorities: Priorities::default(),
            intended: 0,
            held: TaskSet::new(),
            waited: 0,
            courtesy: Courtesy::default(),
        }
    }

    fn is_interesting(&mut self, point: &Point<'_>, op: Op) -> bool {
        let (Some(group), object) = (self.group, op.object()) else { return false };
        if object == ObjectId::NONE || op.access() == Access::None {
            return false;
        }
        let index = object.0 as usize;
        if let Some(&Some(known)) = self.belongs.get(index) {
            return known;
        }
        let Some(created) = point.created(object) else { return false };
        // One access of a kind that is known tells what all others to the object belong to.
        let Some(other) = self.profile.group_of(created, op) else { return false };
        if index >= self.belongs.len() {
            self.belongs.resize(index + 1, None);
        }
        self.belongs[index] = Some(other == group);
        other == group
    }

    fn let_all_go(&mut self) {
        self.held.clear();
        self.intended = 0;
        self.waited = 0;
    }

    /// Returns the enabled task of the highest priority that is not held back.
    fn best(&mut self, point: &Point<'_>) -> Option<TaskId> {
        let mut best = None;
        for task in point.enabled.iter().filter(|&task| !self.held.contains(task)) {
            best = best.max(Some((self.priorities.of(task, &mut self.rng), task)));
        }
        best.map(|(_, task)| task)
    }
}

impl Default for Surw {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for Surw {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
        self.group = self.profile.draw_group(&mut self.rng);
        self.belongs.clear();
        self.left.clear();
        self.priorities.clear();
        self.let_all_go();
        self.courtesy.begin(&mut self.rng);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.waited += 1;
        if self.waited > PATIENCE {
            self.let_all_go();
        }
        loop {
            let Some(task) = self.best(point) else {
                self.let_all_go();
                continue;
            };
            if self.is_interesting(point, point.op(task)) {
                self.left.at_least_one(task);
                if self.intended == 0 {
                    self.intended = self.left.draw(point.enabled, &self.held, 0.0, &mut self.rng);
                }
                if self.intended != task {
                    self.held.insert(task);
                    continue;
                }
                self.left.done(task);
                self.let_all_go();
            }
            self.priorities.happened(task, point.op(task));
            return task;
        }
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        let Some(group) = self.group else { return };
        let weight = self.profile.accesses(group, path);
        let heir = self.left.inherit(task, parent, weight, &mut self.rng);
        if self.intended == parent && parent != 0 {
            self.intended = heir;
        }
    }

    fn yielded(&mut self, task: TaskId) {
        if self.courtesy.ignores() {
            return self.priorities.forget(task);
        }
        self.priorities.lower(task, &mut self.rng);
        if self.intended == task {
            // It waits for something that those held back may have to do.
            self.let_all_go();
        }
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn passed(&mut self, point: &Point<'_>) {
        let task = point.enabled.select(0);
        self.priorities.happened(task, point.op(task));
        if self.is_interesting(point, point.op(task)) {
            self.left.done(task);
            self.let_all_go();
        }
    }

    fn wants_every_point(&self) -> bool {
        true
    }

    fn learn(&mut self, profile: &Arc<Profile>) {
        self.profile = Arc::clone(profile);
    }

    fn is_fair(&self, _step: u64) -> bool {
        false
    }

    fn name(&self) -> String {
        "surw".to_owned()
    }
}
