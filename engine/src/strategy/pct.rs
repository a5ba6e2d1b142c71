//! Probabilistic concurrency testing: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A randomized
//! scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010.
//!
//! Tasks have random priorities, and the enabled one with the highest runs. At `d - 1` random steps
//! the running task's priority drops below all initial ones. With `n` tasks and `k` steps, a bug of
//! depth `d` is found with probability at least `1 / (n * k^(d-1))`.
//!
//! Only steps with more than one enabled task count; `k` is the largest number of them seen so far
//! in one execution, so the first execution has no change point. A task that yields drops below all
//! others, mostly, or a spinning one would starve them. The fair form goes on as a random walk once a
//! schedule is as long as the bound for unfair ones.

use std::collections::{BinaryHeap, VecDeque};

use super::courtesy::Courtesy;
use super::{Point, Strategy};
use crate::bits::TaskSet;
use crate::op::TaskId;
use crate::rng::Rng;

/// Initial priorities lie at and above this.
const INITIAL: u32 = 1 << 31;
/// The i-th change point gives priority `CHANGED - i`; tasks that yield drop below those.
const CHANGED: u32 = INITIAL - 1;
const YIELDED: u32 = 1 << 30;

/// Runs the enabled task of the highest priority, with few changes of priority.
#[derive(Debug)]
pub struct Pct {
    /// The bug depth that is aimed at, fixed or drawn anew for each execution from 1 to this.
    depth: u32,
    random_depth: bool,
    /// The number of steps after which the fair form becomes a random walk.
    fair_after: Option<u64>,
    rng: Rng,
    /// Priorities by task.
    priority: Vec<u32>,
    /// `priority << 32 | task`. Entries whose priority has changed since are stale. Tasks found
    /// disabled at the top are moved to `limbo`, and come back when they are enabled: so a step costs
    /// O(1) however many tasks there are.
    heap: BinaryHeap<u64>,
    /// Tasks that have yielded, with the priority they got by that, in falling order: each yield gives
    /// the lowest priority so far. So a yield costs O(1), too.
    yielded: VecDeque<u64>,
    limbo: TaskSet,
    /// Change points still to come, the next one last.
    changes: Vec<u64>,
    changed: u32,
    next_yield: u32,
    /// Steps with an alternative in this execution, and the most of any.
    events: u64,
    longest: u64,
    courtesy: Courtesy,
}

impl Pct {
    /// Creates the strategy for bugs of depth `depth`, at least 1.
    pub fn new(depth: u32) -> Self {
        Pct {
            depth: depth.max(1),
            random_depth: false,
            fair_after: None,
            rng: Rng::new(0),
            priority: Vec::new(),
            heap: BinaryHeap::new(),
            yielded: VecDeque::new(),
            limbo: TaskSet::new(),
            changes: Vec::new(),
            changed: 0,
            next_yield: YIELDED,
            events: 0,
            longest: 0,
            courtesy: Courtesy::default(),
        }
    }

    /// Creates the fair form, which becomes a random walk after `unfair_steps` steps.
    pub fn fair(depth: u32, unfair_steps: u64) -> Self {
        Pct { fair_after: Some(unfair_steps), ..Pct::new(depth) }
    }

    /// Draws the depth of each execution from 1 to the given one.
    pub fn with_random_depth(self) -> Self {
        Pct { random_depth: true, ..self }
    }

    fn key(&self, task: TaskId) -> u64 {
        u64::from(self.priority[task as usize]) << 32 | u64::from(task)
    }

    fn drop_to(&mut self, task: TaskId, priority: u32) {
        let old = self.key(task);
        self.priority[task as usize] = priority;
        if self.limbo.contains(task) {
            return;
        }
        let new = self.key(task);
        if let Some(mut top) = self.heap.peek_mut()
            && *top == old
        {
            *top = new;
            return;
        }
        self.heap.push(new);
    }
}

impl Strategy for Pct {
    fn begin(&mut self, seed: u64) {
        self.longest = self.longest.max(self.events);
        self.rng = Rng::new(seed);
        self.courtesy.begin(&mut self.rng);
        self.priority.clear();
        self.heap.clear();
        self.yielded.clear();
        self.limbo.clear();
        self.changes.clear();
        self.changed = 0;
        self.next_yield = YIELDED;
        self.events = 0;
        let depth = if self.random_depth { 1 + self.rng.below(self.depth) } else { self.depth };
        let range = self.longest.min(u64::from(u32::MAX)) as u32;
        let wanted = (depth - 1).min(range) as usize;
        while self.changes.len() < wanted {
            let at = 1 + u64::from(self.rng.below(range));
            if !self.changes.contains(&at) {
                self.changes.push(at);
            }
        }
        self.changes.sort_unstable_by(|a, b| b.cmp(a));
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.events += 1;
        if self.fair_after.is_some_and(|bound| point.step > bound) {
            return point.enabled.select(self.rng.below(point.enabled.len() as u32));
        }
        while let Some(task) = self.limbo.first_common(point.enabled) {
            self.limbo.remove(task);
            self.heap.push(self.key(task));
        }
        if self.changes.last() == Some(&self.events) {
            self.changes.pop();
            self.changed += 1;
            if point.current != 0 {
                self.drop_to(point.current, CHANGED - self.changed);
            }
        }
        loop {
            let (in_heap, in_queue) = (self.heap.peek(), self.yielded.front());
            let from_queue = in_queue > in_heap;
            let top = if from_queue { in_queue } else { in_heap };
            let top = *top.expect("an enabled task is in the heap, in the queue, or in limbo");
            let (priority, task) = ((top >> 32) as u32, top as TaskId);
            let is_fresh = self.priority[task as usize] == priority;
            if is_fresh && point.enabled.contains(task) {
                return task;
            }
            if from_queue {
                self.yielded.pop_front();
            } else {
                self.heap.pop();
            }
            if is_fresh {
                self.limbo.insert(task);
            }
        }
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn spawned(&mut self, task: TaskId, _parent: TaskId, _path: u64) {
        let priority = INITIAL | self.rng.next_u64() as u32;
        let index = task as usize;
        if index >= self.priority.len() {
            self.priority.resize(index + 1, 0);
        }
        self.priority[index] = priority;
        self.heap.push(self.key(task));
    }

    fn yielded(&mut self, task: TaskId) {
        if self.courtesy.ignores() {
            return;
        }
        self.next_yield -= 1;
        self.priority[task as usize] = self.next_yield;
        if !self.limbo.contains(task) {
            // Its entry so far, wherever that is, is stale with this.
            self.yielded.push_back(self.key(task));
        }
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn is_fair(&self, step: u64) -> bool {
        self.fair_after.is_some_and(|bound| step > bound)
    }

    fn name(&self) -> String {
        match (self.fair_after, self.random_depth) {
            (None, _) => format!("pct({})", self.depth),
            (Some(_), false) => format!("fair-pct({})", self.depth),
            (Some(_), true) => "fair-pct".to_owned(),
        }
    }
}
