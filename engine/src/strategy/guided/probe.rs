//! Random changes of a schedule.

use std::collections::BTreeSet;

use super::{Moment, Point, Sparse};
use crate::op::TaskId;
use crate::rng::Rng;

/// A sparse schedule with a few more preemptions at random places.
#[derive(Clone, Debug)]
pub struct Probe {
    rng: Rng,
    base: Sparse,
    /// At which of the decisions that count, from 0, the running task is held up.
    preempt: Vec<u32>,
    /// The places in the program where a task may be held up; anywhere, if not given.
    places: Option<BTreeSet<String>>,
    /// Whether the next task is drawn where none has to be held up; otherwise it is the usual one.
    any_order: bool,
    /// Whether values are drawn; otherwise those of the base are taken.
    any_draws: bool,
    counted: u32,
}

impl Probe {
    /// Adds preemptions to `base`, at these of the decisions that count, in favour of tasks that `seed`
    /// draws.
    pub fn new(seed: u64, base: Sparse, preempt: Vec<u32>) -> Probe {
        let rng = Rng::new(seed);
        Probe { rng, base, preempt, places: None, any_order: false, any_draws: false, counted: 0 }
    }

    /// Preempts only before operations at these places in the program. Where tasks share nothing it would
    /// make no difference, as long as all that they share is under control.
    #[must_use]
    pub fn only_at(self, places: BTreeSet<String>) -> Probe {
        Probe { places: Some(places), ..self }
    }

    /// Draws the next task by lot where none has to be held up.
    #[must_use]
    pub fn in_any_order(self) -> Probe {
        Probe { any_order: true, ..self }
    }

    /// Draws values by lot.
    #[must_use]
    pub fn with_any_draws(self) -> Probe {
        Probe { any_draws: true, ..self }
    }

    pub(super) fn pick(&mut self, point: &Point<'_>, at: Moment, usual: TaskId) -> TaskId {
        if let Some(task) = self.base.next(point, at) {
            return task;
        }
        if point.is_free() {
            return if self.any_order { self.any(point, None) } else { usual };
        }
        let counts = match &self.places {
            Some(places) => places.contains(&point.op(point.current).location().to_string()),
            None => true,
        };
        if !counts {
            return usual;
        }
        self.counted += 1;
        if !self.preempt.contains(&(self.counted - 1)) {
            return usual;
        }
        self.any(point, Some(point.current))
    }

    /// Draws an enabled task other than `not`; most often one that the base does not put off, if there is one.
    fn any(&mut self, point: &Point<'_>, not: Option<TaskId>) -> TaskId {
        let others = || point.enabled.iter().filter(|&task| Some(task) != not);
        let deferred = &self.base.deferred;
        let any = deferred.is_empty() || self.rng.below(4) == 0;
        let wanted = |task: &TaskId| any || !deferred.contains(&point.path(*task));
        let count = others().filter(wanted).count();
        let chosen = if count > 0 {
            others().filter(wanted).nth(self.rng.below(count as u32) as usize)
        } else {
            let count = others().count();
            others().nth(self.rng.below(count as u32) as usize)
        };
        chosen.unwrap_or(point.current)
    }

    pub(super) fn draw(&mut self, at: Moment, n: u32) -> u32 {
        if self.any_draws { self.rng.below(n) } else { self.base.drawn(at) }
    }
}
