//! Delay-bounded scheduling: Emmi, Qadeer, Rakamarić, "Delay-bounded scheduling", POPL 2011, sampled at
//! random as in Coyote.
//!
//! Tasks stand in a line in order of creation, and the first enabled one runs. At 1 to `d` random steps
//! the one at the head goes to the end of the line instead. Without delays there is one schedule; with
//! up to `d` of them among `k` steps there are at most `k^d` more, so a bug that needs `d` delays is found
//! with a probability of at least `1 / (d * k^d)`.
//!
//! Only steps with more than one enabled task count; `k` is the largest number of them seen so far in
//! one execution, so the first execution has no delays. A task that yields goes to the end for nothing, mostly.
//! The fair form goes on as a random walk once a schedule is as long as the bound for unfair ones.

use super::courtesy::Courtesy;
use super::{Point, Strategy};
use crate::op::TaskId;
use crate::rng::Rng;

/// Runs the first enabled task of a line, with few exceptions.
#[derive(Debug)]
pub struct DelayBounding {
    delays: u32,
    fair_after: Option<u64>,
    rng: Rng,
    /// Places in the line, by task; the lowest is first.
    place: Vec<u32>,
    end: u32,
    /// Steps at which to delay, the next one last; some may be the same.
    points: Vec<u64>,
    events: u64,
    longest: u64,
    courtesy: Courtesy,
}

impl DelayBounding {
    /// Creates the strategy with at most `delays` delays, at least 1.
    pub fn new(delays: u32) -> Self {
        DelayBounding {
            delays: delays.max(1),
            fair_after: None,
            rng: Rng::new(0),
            place: Vec::new(),
            end: 0,
            points: Vec::new(),
            events: 0,
            longest: 0,
            courtesy: Courtesy::default(),
        }
    }

    /// Creates the fair form, which becomes a random walk after `unfair_steps` steps.
    pub fn fair(delays: u32, unfair_steps: u64) -> Self {
        DelayBounding { fair_after: Some(unfair_steps), ..DelayBounding::new(delays) }
    }

    fn delay(&mut self, task: TaskId) {
        let index = task as usize;
        if index >= self.place.len() {
            self.place.resize(index + 1, 0);
        }
        self.end += 1;
        self.place[index] = self.end;
    }

    fn first(&self, point: &Point<'_>) -> TaskId {
        let place = |task: TaskId| self.place.get(task as usize).copied().unwrap_or(0);
        let first = point.enabled.iter().min_by_key(|&task| place(task));
        first.expect("at least two tasks are enabled")
    }
}

impl Strategy for DelayBounding {
    fn begin(&mut self, seed: u64) {
        self.longest = self.longest.max(self.events);
        self.rng = Rng::new(seed);
        self.courtesy.begin(&mut self.rng);
        self.place.clear();
        self.end = 0;
        self.events = 0;
        self.points.clear();
        let range = self.longest.min(u64::from(u32::MAX)) as u32;
        if range > 0 {
            let delays = 1 + self.rng.below(self.delays);
            self.points.extend((0..delays).map(|_| 1 + u64::from(self.rng.below(range))));
            self.points.sort_unstable_by(|a, b| b.cmp(a));
        }
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        self.events += 1;
        if self.fair_after.is_some_and(|bound| point.step > bound) {
            return point.enabled.select(self.rng.below(point.enabled.len() as u32));
        }
        let mut first = self.first(point);
        while self.points.last() == Some(&self.events) {
            self.points.pop();
            self.delay(first);
            first = self.first(point);
        }
        first
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.rng.below(n)
    }

    fn spawned(&mut self, task: TaskId, _parent: TaskId, _path: u64) {
        self.delay(task);
    }

    fn yielded(&mut self, task: TaskId) {
        if !self.courtesy.ignores() {
            self.delay(task);
        }
    }

    fn wants_yields(&self) -> bool {
        true
    }

    fn is_fair(&self, step: u64) -> bool {
        self.fair_after.is_some_and(|bound| step > bound)
    }

    fn name(&self) -> String {
        let fair = if self.fair_after.is_some() { "fair-" } else { "" };
        format!("{fair}delay-bounding({})", self.delays)
    }
}
