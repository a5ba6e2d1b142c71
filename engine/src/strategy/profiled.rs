//! Has a strategy learn from its own executions.

use std::sync::Arc;

use super::notes::Notes;
use super::{Point, Profile, Strategy};
use crate::end::Divergence;
use crate::op::TaskId;

/// Notes what happens in some executions of `inner`, and tells it: in the first, and then ever more
/// rarely, in those whose number is a power of two. Otherwise an execution costs nothing more.
#[derive(Debug)]
pub struct Profiled<S> {
    inner: S,
    executions: u64,
    is_noting: bool,
    notes: Notes,
    profile: Arc<Profile>,
}

impl<S: Strategy> Profiled<S> {
    /// Lets `inner` learn.
    pub fn new(inner: S) -> Self {
        Profiled { inner, executions: 0, is_noting: false, notes: Notes::default(), profile: Arc::default() }
    }
}

impl<S: Strategy> Strategy for Profiled<S> {
    fn begin(&mut self, seed: u64) {
        if !self.notes.is_empty() {
            Arc::make_mut(&mut self.profile).add(&self.notes);
            self.notes.clear();
            self.inner.learn(&self.profile);
        }
        self.executions += 1;
        self.is_noting = self.executions.is_power_of_two();
        self.inner.begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let task = self.inner.pick(point);
        if self.is_noting {
            self.notes.happens(point, task);
        }
        task
    }

    fn choose(&mut self, n: u32) -> u32 {
        self.inner.choose(n)
    }

    fn spawned(&mut self, task: TaskId, parent: TaskId, path: u64) {
        if self.is_noting {
            self.notes.spawned(task, parent, path);
        }
        self.inner.spawned(task, parent, path);
    }

    fn yielded(&mut self, task: TaskId) {
        self.inner.yielded(task);
    }

    fn wants_yields(&self) -> bool {
        self.inner.wants_yields()
    }

    fn passed(&mut self, point: &Point<'_>) {
        if self.is_noting {
            self.notes.happens(point, point.enabled.select(0));
        }
        if self.inner.wants_every_point() {
            self.inner.passed(point);
        }
    }

    fn wants_every_point(&self) -> bool {
        self.is_noting || self.inner.wants_every_point()
    }

    fn is_fair(&self, step: u64) -> bool {
        self.inner.is_fair(step)
    }

    fn is_exhausted(&self) -> bool {
        self.inner.is_exhausted()
    }

    fn name(&self) -> String {
        self.inner.name()
    }

    fn divergence(&self) -> Option<Divergence> {
        self.inner.divergence()
    }
}
