//! The uniform random walk over interleavings: Zhao, Wolff, Mathur, Roychoudhury, "Selectively uniform
//! concurrency testing", ASPLOS 2025.
//!
//! A task is picked with a probability in proportion to the number of operations that it, and the tasks
//! it has not created yet, have still to do. If these numbers are exact and nothing blocks, every
//! interleaving has the same probability, where a plain random walk prefers those in which tasks come
//! to their ends at about the same time. Operations that commute with all others do not count, and go
//! with the task's next one.
//!
//! The numbers are learned ([`Profile`]), by creation path. An execution before anything was learned is a
//! plain random walk. There are no parameters. Fair by its suffix only.

use std::sync::Arc;

use super::{Point, Profile, Strategy};
use crate::bits::TaskSet;
use crate::op::TaskId;
use crate::rng::Rng;

const NOBODY: TaskSet = TaskSet::new();

/// Picks tasks in proportion to the work that is left to them.
#[derive(Debug)]
pub struct Urw {
    rng: Rng,
    profile: Arc<Profile>,
    left: Weights,
    /// The task that goes on until it has done something that matters, or 0.
    goes_on: TaskId,
}

impl Urw {
    /// Creates the strategy.
    pub fn new() -> Self {
        Urw { rng: Rng::new(0), profile: Arc::default(), left: Weights::default(), goes_on: 0 }
    }

    fn happens(&mut self, point: &Point<'_>, task: TaskId) {
        let matters = !point.op(task).commutes_with_all();
        self.goes_on = if matters { 0 } else { task };
        if matters {
            self.left.done(task);
        }
    }
}

impl Default for Urw {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for Urw {
    fn begin(&mut self, seed: u64) {
        self.rng = Rng::new(seed);
        self.left.clear();
        self.goes_on = 0;
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let task = if self.goes_on != 0 && point.enabled.contains(self.goes_on) {
            self.goes_on
        } else {
            // What is about to happen is at least one operation, whatever was learned.
            self.left.draw(point.enabled, &NOBODY, 1.0, &mut self.rng)
        };
        self.happens(point, task);
        task
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        let heir = self.left.inherit(task, parent, self.profile.operations(path), &mut self.rng);
        if self.goes_on == parent && parent != 0 {
            self.goes_on = heir;
        }
    }

    fn passed(&mut self, point: &Point<'_>) {
        self.happens(point, point.enabled.select(0));
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
        "urw".to_owned()
    }
}

/// The expected number of operations still to be done, by task with all its descendants to come.
#[derive(Debug, Default)]
pub(super) struct Weights(Vec<f64>);

impl Weights {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn of(&self, task: TaskId) -> f64 {
        self.0.get(task as usize).copied().unwrap_or(0.0)
    }

    fn slot(&mut self, task: TaskId) -> &mut f64 {
        let index = task as usize;
        if index >= self.0.len() {
            self.0.resize(index + 1, 0.0);
        }
        &mut self.0[index]
    }

    /// Notes that one operation was done.
    pub(super) fn done(&mut self, task: TaskId) {
        let left = self.slot(task);
        *left = (*left - 1.0).max(0.0);
    }

    /// Makes it at least one.
    pub(super) fn at_least_one(&mut self, task: TaskId) {
        let left = self.slot(task);
        *left = left.max(1.0);
    }

    /// Moves what a new task has to do from its parent to itself. Returns which of the two is to go on, if the
    /// parent was drawn for all that it stood for: each in proportion to what it has got.
    pub(super) fn inherit(&mut self, task: TaskId, parent: TaskId, weight: f64, rng: &mut Rng) -> TaskId {
        let left = self.slot(parent);
        let before = *left;
        *left = (before - weight).max(0.0);
        *self.slot(task) = weight;
        if fraction(rng) * before < weight { task } else { parent }
    }

    /// Draws an enabled task that is not in `but`, each in proportion to its weight, or to `least` if
    /// that is more; all the same if all are 0. There must be one.
    pub(super) fn draw(&self, enabled: &TaskSet, but: &TaskSet, least: f64, rng: &mut Rng) -> TaskId {
        let tasks = || enabled.iter().filter(|&task| !but.contains(task));
        let weights = tasks().map(|task| self.of(task).max(least));
        let (count, sum) = weights.fold((0u32, 0.0), |(count, sum), weight| (count + 1, sum + weight));
        let (floor, sum) = if sum > 0.0 { (least, sum) } else { (1.0, f64::from(count)) };
        let mut drawn = fraction(rng) * sum;
        let mut last = 0;
        for task in tasks() {
            let weight = self.of(task).max(floor);
            last = task;
            if drawn < weight {
                break;
            }
            drawn -= weight;
        }
        last
    }
}

/// Draws a number from 0 up to, but not including, 1.
pub(super) fn fraction(rng: &mut Rng) -> f64 {
    // 53 bits: as many as a double has.
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}
