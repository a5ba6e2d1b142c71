//! The passes of shrinking: each takes away, or changes, one kind of thing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Instant;

use coyote_engine::strategy::{Guide, Moment, Probe, Sparse, Switch};
use coyote_engine::{Access, RecordedStep, Rng};

use super::search::{Best, Part, Search, Tried};

/// Executions that one look for a switch in the place of two preemptions may take.
const MOST_MERGES: u32 = 200;
/// Executions that guessing a single preemption may take.
const MOST_GUESSES: u32 = 100;
/// With more preemptions than this, leaving some out at random gets on faster.
const FEW: usize = 4;

/// The passes, each of which keeps what it can do without.
pub(super) struct Candidates<'s, 'a> {
    search: &'s mut Search<'a>,
    start: Instant,
    best: Tried,
    /// What was tried.
    known: BTreeSet<Sparse>,
}

impl<'s, 'a> Candidates<'s, 'a> {
    /// Begins with the schedule that was found.
    pub(super) fn new(search: &'s mut Search<'a>, start: Instant, found: Tried) -> Self {
        Candidates { search, start, best: found, known: BTreeSet::new() }
    }

    /// Makes the best schedule as simple as the budget allows.
    pub(super) fn improve(&mut self) {
        self.consider(self.best.order());
        self.consider(Guide::Sparse(Sparse::default()));
        self.guess();
        loop {
            self.silence_tasks();
            self.minimise(Part::Preemptions);
            self.undo_detours();
            self.put_off_instead();
            self.minimise(Part::Switches);
            self.minimise(Part::Draws);
            self.lower_draws();
            self.move_preemptions();
            self.consider(self.best.order());
            if self.best.cost.preemptions == 0 {
                return;
            }
            // What is left says better than what was found which tasks and places matter.
            if !(self.guess() || self.merge_preemptions() || self.probe()) {
                return;
            }
        }
    }

    fn is_spent(&self) -> bool {
        self.search.replays >= self.search.budget.replays || self.start.elapsed() >= self.search.budget.time
    }

    /// Tries a schedule, and keeps it if it is simpler than the best so far.
    fn consider(&mut self, guide: Guide) -> bool {
        // What was tried before is the best, or has lost against it.
        let is_known = matches!(&guide, Guide::Sparse(sparse) if !self.known.insert(sparse.clone()));
        if is_known || self.is_spent() {
            return false;
        }
        let Some(tried) = self.search.attempt(guide) else { return false };
        if tried.cost >= self.best.cost {
            return false;
        }
        let best = Best { decisions: tried.decisions.clone(), fingerprint: tried.outcome.fingerprint };
        *self.search.best.lock().unwrap_or_else(PoisonError::into_inner) = Some(best);
        self.best = tried;
        true
    }

    /// Takes out what is not needed: delta debugging (Zeller, Hildebrandt: "Simplifying and isolating
    /// failure-inducing input", TSE 2002) by complements, until no single one can be spared.
    fn minimise(&mut self, part: Part) {
        let mut size = part.len(&self.best.log.sparse);
        while size > 0 && !self.is_spent() {
            let (mut at, mut any) = (0, false);
            while at < part.len(&self.best.log.sparse) && !self.is_spent() {
                let left = part.without(&self.best.log.sparse, at, size);
                if self.consider(Guide::Sparse(left)) {
                    any = true;
                } else {
                    at += size;
                }
            }
            if !any || size > 1 {
                size /= 2;
            }
        }
    }

    /// Brings values that have to be drawn down towards the first.
    fn lower_draws(&mut self) {
        let mut at = 0;
        while at < self.best.log.sparse.draws.len() && !self.is_spent() {
            let value = self.best.log.sparse.draws[at].1;
            let lower = BTreeSet::from([1, value / 2, value - 1]);
            let is_lowered = lower.into_iter().filter(|&lower| (1..value).contains(&lower)).any(|lower| {
                let mut sparse = self.best.log.sparse.clone();
                sparse.draws[at].1 = lower;
                self.consider(Guide::Sparse(sparse))
            });
            if !is_lowered {
                at += 1;
            }
        }
    }

    /// Takes out preemptions together with the switch that comes back to the task held up: left alone, that would
    /// come back to it too soon.
    fn undo_detours(&mut self) {
        let mut at = 0;
        while at < self.best.log.sparse.switches.len() && !self.is_spent() {
            let mut left = self.best.log.sparse.clone();
            let here = left.switches.remove(at);
            let back = left.switches.iter().skip(at).position(|switch| switch.to == here.at.task);
            let is_undone = here.preempts
                && back.is_some_and(|back| {
                    left.switches.remove(at + back);
                    self.consider(Guide::Sparse(left))
                });
            if !is_undone {
                at += 1;
            }
        }
    }

    /// Has tasks that are held up go later from the start, or those that run instead go earlier.
    fn put_off_instead(&mut self) {
        let mut at = 0;
        while at < Part::Preemptions.len(&self.best.log.sparse) && !self.is_spent() {
            let sparse = &self.best.log.sparse;
            let Some(&here) = sparse.switches.iter().filter(|switch| switch.preempts).nth(at) else { return };
            let left = Part::Preemptions.without(sparse, at, 1);
            let (mut later, mut earlier) = (left.clone(), left);
            later.deferred.remove(&here.to);
            later.deferred.insert(here.at.task);
            earlier.deferred.remove(&here.to);
            if !self.consider(Guide::Sparse(later)) && !self.consider(Guide::Sparse(earlier)) {
                at += 1;
            }
        }
    }

    /// Moves preemptions to places nearby that need fewer switches afterwards: rather before a lock is taken
    /// than before it is given back.
    fn move_preemptions(&mut self) {
        const NEARBY: [i32; 8] = [1, -1, 2, -2, 3, -3, 4, -4];
        let mut at = 0;
        while at < self.best.log.sparse.switches.len() && !self.is_spent() {
            let here = self.best.log.sparse.switches[at];
            let is_moved = here.preempts
                && NEARBY.into_iter().filter_map(|by| here.at.steps.checked_add_signed(by)).any(|steps| {
                    let mut sparse = self.best.log.sparse.clone();
                    sparse.switches[at].at = Moment { steps, ask: 0, ..here.at };
                    self.consider(Guide::Sparse(sparse))
                });
            if !is_moved {
                at += 1;
            }
        }
    }

    /// Has tasks run only where nothing else can, so that perhaps they never do; with as many at a time as
    /// possible, for then all departures from the default that concern them go at once.
    fn silence_tasks(&mut self) {
        let root = self.best.root();
        let keys = self.best.steps().iter().map(|step| step.task_key);
        let mut tasks: Vec<u64> = Vec::new();
        let sparse = &self.best.log.sparse;
        for key in keys.filter(|&key| key != 0 && key != root) {
            let is_silent = sparse.deferred.contains(&key) && !concerns(sparse, key);
            if !is_silent && !tasks.contains(&key) {
                tasks.push(key);
            }
        }
        let mut size = tasks.len();
        while size > 0 && !self.is_spent() {
            let mut at = 0;
            while at < tasks.len() && !self.is_spent() {
                let chunk = at..tasks.len().min(at + size);
                if self.consider(Guide::Sparse(silent(&self.best.log.sparse, &tasks[chunk.clone()]))) {
                    tasks.drain(chunk);
                } else {
                    at += size;
                }
            }
            size /= 2;
        }
    }

    /// Tries single preemptions in favour of a task that failed, or of such a task, with all tasks but these
    /// two put off. Most bugs need no more. Returns whether one does.
    fn guess(&mut self) -> bool {
        let steps = self.best.steps();
        let root = self.best.root();
        let tasks: BTreeSet<u64> = steps.iter().map(|step| step.task_key).filter(|&task| task != 0).collect();
        let failed = self.best.failed();
        let mut moments = self.shared_moments();
        let mut users: Vec<u64> = moments.iter().map(|at| at.task).filter(|&task| task != root).collect();
        users.sort_unstable();
        users.dedup();
        let mut rng = Rng::new(self.search.seed);
        for guess in 0..MOST_GUESSES {
            if self.best.cost.preemptions < 2 || moments.is_empty() || failed.is_empty() || self.is_spent() {
                return false;
            }
            let at = moments.swap_remove(rng.below(moments.len() as u32) as usize);
            let is_failed = failed.contains(&at.task);
            let others: Vec<u64> = if is_failed { &users } else { &failed }
                .iter()
                .copied()
                .filter(|&task| task != at.task)
                .collect();
            let Some(&to) = others.get(rng.below(others.len().max(1) as u32) as usize) else { continue };
            // That it is put off lets the one that is held up go first.
            let free = [root, at.task, if is_failed || rng.below(2) == 0 { root } else { to }];
            let deferred = tasks.iter().copied().filter(|task| !free.contains(task)).collect();
            let switches = vec![Switch { at, to, preempts: true }];
            let draws = if guess % 2 == 0 { self.best.log.sparse.draws.clone() } else { Vec::new() };
            if self.consider(Guide::Sparse(Sparse { switches, draws, deferred })) {
                return true;
            }
        }
        false
    }

    /// Returns the moments before steps that use what several tasks use.
    fn shared_moments(&self) -> Vec<Moment> {
        let places = shared_places(self.best.steps());
        let mut done: BTreeMap<u64, u32> = BTreeMap::new();
        let mut moments = Vec::new();
        for step in self.best.steps().iter().filter(|step| step.task_key != 0) {
            let steps = done.entry(step.task_key).or_default();
            if places.contains(&step.location) {
                moments.push(Moment { task: step.task_key, steps: *steps, ask: 0 });
            }
            *steps += 1;
        }
        moments
    }

    /// Puts one switch among the same tasks, anywhere, in the place of two preemptions. Returns whether one
    /// does.
    fn merge_preemptions(&mut self) -> bool {
        let sparse = self.best.log.sparse.clone();
        let preemptions: Vec<Switch> = sparse.switches.iter().copied().filter(|s| s.preempts).collect();
        if preemptions.len() > FEW {
            return false;
        }
        let involved: BTreeSet<u64> = preemptions.iter().flat_map(|s| [s.at.task, s.to]).collect();
        let mut moments = self.shared_moments();
        moments.retain(|at| involved.contains(&at.task));
        let last = self.search.replays + MOST_MERGES;
        for first in 0..preemptions.len() {
            let base = Part::Preemptions.without(&sparse, first, 2);
            for (&at, &to) in moments.iter().flat_map(|at| involved.iter().map(move |to| (at, to))) {
                if self.search.replays >= last || self.is_spent() {
                    return false;
                }
                if at.task == to || base.switches.iter().any(|switch| switch.at == at) {
                    continue;
                }
                let mut merged = base.clone();
                merged.switches.push(Switch { at, to, preempts: true });
                if self.consider(Guide::Sparse(merged)) {
                    return true;
                }
            }
        }
        false
    }

    /// Draws schedules with fewer preemptions, most of them near the best, until one fails in the same way.
    /// Returns whether one does.
    fn probe(&mut self) -> bool {
        let places = shared_places(self.best.steps());
        let is_shared = |step: &&RecordedStep| step.alternatives > 1 && places.contains(&step.location);
        let shared = self.best.steps().iter().filter(is_shared).count() as u32;
        let mut rng = Rng::new(self.search.seed);
        let mut turn = 0;
        while !self.is_spent() {
            let mut base = self.best.log.sparse.clone();
            let preemptions = Part::Preemptions.len(&base);
            // So many are taken out, and one less put in elsewhere.
            let out = if rng.below(2) == 0 { 2.min(preemptions) } else { preemptions };
            for left in (0..out).map(|taken| preemptions - taken) {
                base = Part::Preemptions.without(&base, rng.below(left as u32) as usize, 1);
            }
            let any_order = rng.below(2) == 0;
            if any_order {
                base.switches.retain(|switch| switch.preempts);
            }
            let narrow = rng.below(3) > 0;
            let count = 1 + if narrow { shared } else { self.best.log.preemptible };
            // For the first, each place in turn; whether it is the one may depend on what else is drawn.
            turn += 1;
            let place = |nth: usize| if nth == 1 { turn % count } else { rng.below(count) };
            let preempt = (1..out).map(place).collect();
            let mut probe = Probe::new(rng.next_u64(), base, preempt);
            if narrow {
                probe = probe.only_at(places.clone());
            }
            if any_order {
                probe = probe.in_any_order();
            }
            if rng.below(4) == 0 {
                probe = probe.with_any_draws();
            }
            if self.consider(Guide::Probe(probe)) {
                return true;
            }
        }
        false
    }
}

/// Returns whether a departure from the default has to do with the task.
fn concerns(sparse: &Sparse, task: u64) -> bool {
    sparse.switches.iter().any(|switch| switch.to == task || switch.at.task == task)
        || sparse.draws.iter().any(|(at, _)| at.task == task)
}

/// Returns the schedule with these tasks put off, and without what concerns them.
fn silent(sparse: &Sparse, tasks: &[u64]) -> Sparse {
    let mut left = sparse.clone();
    left.switches.retain(|switch| !tasks.contains(&switch.to) && !tasks.contains(&switch.at.task));
    left.draws.retain(|(at, _)| !tasks.contains(&at.task));
    left.deferred.extend(tasks);
    left
}

/// Returns the places in the program that use what several tasks use, and not all only read.
fn shared_places(steps: &[RecordedStep]) -> BTreeSet<String> {
    let mut users: BTreeMap<u64, (BTreeSet<u64>, bool)> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.object_key != 0) {
        let (tasks, changes) = users.entry(step.object_key).or_default();
        tasks.insert(step.task_key);
        *changes |= !matches!(step.access, Access::Read | Access::None);
    }
    let is_shared = |step: &&RecordedStep| {
        users.get(&step.object_key).is_some_and(|(tasks, changes)| tasks.len() > 1 && *changes)
    };
    steps.iter().filter(is_shared).map(|step| step.location.clone()).collect()
}
