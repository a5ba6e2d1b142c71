//! Tries schedules, and keeps the simplest that fails in the same way.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use coyote_engine::strategy::{Guide, Guided, Log, Order, Sparse};
use coyote_engine::{Decision, End, OpKind, Outcome, RecordedStep, Runner};

use super::passes::Candidates;
use super::signature::Signature;
use crate::explorer::{One, now};

/// How much may be spent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    pub(super) replays: u32,
    /// In real time.
    pub(super) time: Duration,
}

/// How hard a schedule is to understand: what weighs most comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Cost {
    pub(super) preemptions: usize,
    /// Where the clock moved on although something else could run.
    early_ticks: usize,
    /// Where the schedule comes to another task.
    changes: usize,
    /// Where another task ran than the first, none being held up.
    switches: usize,
    /// Values drawn that are not the first, and their sum.
    draws: (usize, u64),
    steps: usize,
}

/// The simplest failing schedule so far.
#[derive(Clone, Debug)]
pub(super) struct Best {
    pub(super) decisions: Vec<Decision>,
    pub(super) fingerprint: u64,
}

/// An execution that fails in the same way.
pub(super) struct Tried {
    pub(super) outcome: Outcome,
    pub(super) decisions: Vec<Decision>,
    pub(super) log: Log,
    pub(super) cost: Cost,
}

impl Tried {
    /// Returns a guide to another execution of its class.
    pub(super) fn order(&self) -> Guide {
        Guide::Order(self.outcome.notes.recording.as_ref().map(|r| Order::of(r)).unwrap_or_default())
    }

    /// Returns the tasks that have panicked, or wait for each other.
    pub(super) fn failed(&self) -> Vec<u64> {
        let panics = self.outcome.notes.recording.iter().flat_map(|recording| &recording.panics);
        let mut names: Vec<&String> = panics.map(|(task, _)| task).collect();
        match &self.outcome.end {
            End::Failed(failure) => names.push(&failure.task),
            End::Deadlock(deadlock) if deadlock.cycle.is_empty() => {
                names.extend(deadlock.waiting.iter().map(|waiting| &waiting.task));
            }
            End::Deadlock(deadlock) => names.extend(&deadlock.cycle),
            _ => {}
        }
        let keys: BTreeSet<u64> = self
            .steps()
            .iter()
            .filter(|step| names.contains(&&step.task))
            .map(|step| step.task_key)
            .collect();
        keys.into_iter().collect()
    }

    /// Returns the task of the test itself. Another one may do the first step.
    pub(super) fn root(&self) -> u64 {
        let tasks = self.steps().iter().filter(|step| step.task_key != 0);
        tasks.min_by_key(|step| step.task_id).map_or(0, |step| step.task_key)
    }

    pub(super) fn steps(&self) -> &[RecordedStep] {
        self.outcome.notes.recording.as_ref().map_or(&[], |recording| &recording.steps)
    }
}

/// Which departures from the default schedule are taken out.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Preemptions,
    Switches,
    Draws,
}

impl Part {
    /// Returns how many there are of this part.
    pub(super) fn len(self, sparse: &Sparse) -> usize {
        match self {
            Part::Preemptions => sparse.switches.iter().filter(|switch| switch.preempts).count(),
            Part::Switches => sparse.switches.iter().filter(|switch| !switch.preempts).count(),
            Part::Draws => sparse.draws.len(),
        }
    }

    /// Returns the schedule without `count` of this part, from `from` on.
    pub(super) fn without(self, sparse: &Sparse, from: usize, count: usize) -> Sparse {
        let mut seen = 0;
        let mut keep = |is_part: bool| {
            seen += usize::from(is_part);
            !is_part || !(from..from + count).contains(&(seen - 1))
        };
        let mut left = sparse.clone();
        match self {
            Part::Preemptions => left.switches.retain(|switch| keep(switch.preempts)),
            Part::Switches => left.switches.retain(|switch| keep(!switch.preempts)),
            Part::Draws => left.draws.retain(|_| keep(true)),
        }
        left
    }
}

pub(super) struct Search<'a> {
    pub(super) runner: &'a mut Runner,
    pub(super) one: &'a One,
    pub(super) signature: Signature,
    /// Whether the execution found was longer than an unfair one may be.
    pub(super) patient: bool,
    pub(super) budget: Budget,
    pub(super) seed: u64,
    /// Where the best schedule is kept, should a candidate not come back.
    pub(super) best: &'a Mutex<Option<Best>>,
    pub(super) replays: u32,
}

impl Search<'_> {
    /// Looks for a simpler schedule than the one of these decisions.
    pub(super) fn run(&mut self, decisions: Vec<Decision>, fingerprint: u64) {
        let start = now();
        let Some(found) = self.attempt(Guide::Decisions(decisions)) else { return };
        if found.outcome.fingerprint != fingerprint {
            return;
        }
        Candidates::new(self, start, found).improve();
    }

    /// Makes one execution; returns it if it fails in the same way.
    pub(super) fn attempt(&mut self, guide: Guide) -> Option<Tried> {
        self.replays += 1;
        let mut strategy = Guided::new(guide, self.patient);
        let outcome = (self.one)(self.runner, &mut strategy, self.seed, true);
        if Signature::of(&outcome).as_ref() != Some(&self.signature) {
            return None;
        }
        let log = strategy.into_log();
        let steps = outcome.notes.recording.as_ref().map_or(&[][..], |recording| &recording.steps);
        let cost = Cost {
            preemptions: steps.iter().filter(|step| step.preempted.is_some()).count(),
            early_ticks: steps.iter().filter(|s| s.kind == OpKind::Tick && s.alternatives > 1).count(),
            changes: steps.windows(2).filter(|two| two[0].task_key != two[1].task_key).count(),
            switches: log.sparse.switches.iter().filter(|switch| !switch.preempts).count(),
            draws: (log.sparse.draws.len(), log.sparse.draws.iter().map(|draw| u64::from(draw.1)).sum()),
            steps: steps.len(),
        };
        Some(Tried { decisions: self.runner.decisions(), outcome, log, cost })
    }
}
