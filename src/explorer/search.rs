//! The loop: execution after execution, until something is found or the budget is spent.

use std::ops::ControlFlow;
use std::time::Instant;

use coyote_engine::strategy::Strategy;
use coyote_engine::trace::Repeat;
use coyote_engine::{Decision, End, FailureKind, Notes, Outcome, Warning, mix};

use coyote_report::coverage::Coverage;

use super::executor::Executor;
use super::predicted::Predicted;
use super::shared::Progress;
use super::{confirm, now};
use crate::classes::{Classes, Until};
use crate::config::Config;
use crate::progress::Listener;
use crate::report::{Statistics, happened, sentence};
use crate::shrink::Signature;

/// How many different bugs an exploration that goes on after the first looks for.
const MOST_BUGS: usize = 10;

/// What the exploring thread came back with.
pub(super) enum Searched {
    /// The budget was spent.
    Clean {
        statistics: Statistics,
        uncontrolled: Vec<String>,
        warnings: Vec<Warning>,
        repeatable: bool,
        coverage: Option<Coverage>,
    },
    /// Something was found.
    Found { bugs: Vec<SearchedBug>, statistics: Statistics, coverage: Option<Coverage> },
}

/// See [`Searched::Found`].
pub(super) struct SearchedBug {
    pub(super) iteration: u64,
    pub(super) seed: u64,
    pub(super) strategy: String,
    pub(super) first: Outcome,
    pub(super) decisions: Vec<Decision>,
    pub(super) again: Outcome,
    /// Which executions of the other bugs are the same failure as this.
    pub(super) signature: Option<Signature>,
}

/// The loop, on the exploring thread.
pub(super) fn search(config: &Config, executor: &mut dyn Executor, progress: &Progress) -> Searched {
    let _reactor = coyote_shim::KeepReactor::new();
    let mut strategy = config.strategy.build(config.max_steps);
    let mut search = Search::new(config, executor, progress);
    for iteration in 1..=config.iterations {
        if search.execute(&mut *strategy, iteration).is_break() {
            break;
        }
    }
    search.end(strategy.name())
}

/// What the loop has come to so far.
struct Search<'a> {
    config: &'a Config,
    executor: &'a mut dyn Executor,
    progress: &'a Progress,
    listener: Option<Listener>,
    start: Instant,
    classes: Classes,
    statistics: Statistics,
    uncontrolled: Vec<String>,
    warnings: Vec<Warning>,
    predicted: Predicted,
    coverage: Option<Coverage>,
    /// The decisions, the fingerprint and the steps of the first execution that came to an end.
    first: Option<(Vec<Decision>, u64, u64)>,
}

impl<'a> Search<'a> {
    fn new(config: &'a Config, executor: &'a mut dyn Executor, progress: &'a Progress) -> Self {
        executor.set_observe(config.coverage);
        Search {
            config,
            executor,
            progress,
            listener: Listener::of(config),
            start: now(),
            classes: Classes::default(),
            statistics: Statistics { min_steps: u64::MAX, ..Statistics::default() },
            uncontrolled: Vec::new(),
            warnings: Vec::new(),
            predicted: Predicted::default(),
            coverage: config.coverage.then(Coverage::new),
            first: None,
        }
    }

    /// Makes an execution, and does what follows from how it ended. Breaks if it is the last one.
    fn execute(&mut self, strategy: &mut (dyn Strategy + 'static), iteration: u64) -> ControlFlow<()> {
        let seed = mix(self.config.seed, iteration);
        let outcome = self.executor.execute(strategy, seed, self.config.coverage);
        self.count(&outcome);
        if matches!(outcome.end, End::Livelock(_)) && !confirm::holds(self.executor, &outcome) {
            self.statistics.unconfirmed += 1;
        } else if stops(self.config, &outcome.end) {
            self.keep(&outcome, (iteration, seed, strategy.name()))?;
        }
        // One that was cut off at the step bound of its strategy would go on beyond it when repeated.
        if self.first.is_none() && !matches!(outcome.end, End::StepBound { .. } | End::Livelock(_)) {
            self.first = Some((self.executor.decisions(), outcome.fingerprint, outcome.steps));
        }
        if !(outcome.notes.cycles.is_empty() && outcome.notes.orders.is_empty())
            && let Some((seed, outcome)) = self.predicted.look_into(self.executor, &outcome, seed)
        {
            self.keep(&outcome, (iteration, seed, "steered".to_owned()))?;
        }
        if strategy.is_exhausted() {
            self.statistics.complete = true;
            return ControlFlow::Break(());
        }
        if self.config.until == Until::Saturated && self.classes.is_saturated() {
            self.statistics.saturated = true;
            return ControlFlow::Break(());
        }
        // Looking at the clock costs as much as a tiny execution.
        if outcome.steps > 256 || iteration.is_multiple_of(16) {
            self.look_at_the_clock()?;
        }
        ControlFlow::Continue(())
    }

    fn count(&mut self, outcome: &Outcome) {
        if let (Some(coverage), Some(recording)) = (&mut self.coverage, &outcome.notes.recording) {
            coverage.add(&happened(recording));
        }
        self.classes.add(outcome.fingerprint);
        self.statistics.add(outcome);
        self.statistics.classes = self.classes.distinct();
        (self.statistics.classes_seen_once, self.statistics.classified) = self.classes.once();
        self.progress.publish(&self.statistics);
        if !outcome.notes.is_empty() {
            self.note(&outcome.notes);
        }
    }

    #[cold]
    fn note(&mut self, notes: &Notes) {
        for note in notes.uncontrolled.iter() {
            if !self.uncontrolled.contains(note) {
                self.uncontrolled.push(note.clone());
            }
        }
        for warning in notes.warnings.iter() {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
    }

    /// Keeps a bug, which the latest execution came to, unless it is known already. Breaks if the exploration ends
    /// with it.
    fn keep(&mut self, outcome: &Outcome, found: (u64, u64, String)) -> ControlFlow<()> {
        self.statistics.buggy += 1;
        // One that is known already need not be repeated to be told: most of what fails is of that kind.
        let signature = Signature::of(outcome);
        let is_known = self.progress.bugs().iter().any(|bug| {
            bug.signature == signature && (signature.is_some() || bug.first.end.kind() == outcome.end.kind())
        });
        let ends = !self.config.explore || !outcome.end.is_bug();
        if ends || !is_known {
            if let Some(listener) = &mut self.listener {
                listener.found(sentence(&outcome.end), self.start.elapsed(), &self.statistics);
            }
            let bug = repeat_at_once(self.executor, outcome.clone(), signature, found);
            self.executor.set_observe(self.config.coverage);
            self.progress.bugs().push(bug);
        }
        if ends || self.progress.bugs().len() == MOST_BUGS {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Tells whoever listens how far the exploration is. Breaks if its time is over.
    fn look_at_the_clock(&mut self) -> ControlFlow<()> {
        let timeout = self.config.timeout;
        if self.listener.is_none() && timeout.is_zero() {
            return ControlFlow::Continue(());
        }
        let elapsed = self.start.elapsed();
        if let Some(listener) = &mut self.listener {
            listener.look(elapsed, &self.statistics);
        }
        if !timeout.is_zero() && elapsed >= timeout {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Returns what was found. If that is nothing, sees first whether executions can be repeated.
    fn end(self, strategy: String) -> Searched {
        let Search { config, executor, mut statistics, uncontrolled, mut warnings, coverage, .. } = self;
        let bugs = std::mem::take(&mut *self.progress.bugs());
        if !bugs.is_empty() {
            return Searched::Found { bugs, statistics, coverage };
        }
        // Once more, the first one that came to an end: if it differs, state has leaked from one execution into
        // the next.
        let mut repeatable = true;
        if let Some((decisions, fingerprint, steps)) = self.first {
            let again = executor.execute(&mut Repeat::new(decisions), 0, false);
            if is_race(&again.end) {
                // The first execution was made before it was known that there are cells to be tracked.
                statistics.buggy += 1;
                let found = (1, mix(config.seed, 1), strategy);
                let signature = Signature::of(&again);
                let bugs = vec![repeat_at_once(executor, again, signature, found)];
                return Searched::Found { bugs, statistics, coverage };
            }
            repeatable = (again.fingerprint, again.steps) == (fingerprint, steps)
                && !matches!(again.end, End::Diverged(_));
        }
        if !statistics.complete {
            // If all schedules were made, no deadlock was.
            warnings.extend(self.predicted.into_warnings());
        }
        Searched::Clean { statistics, uncontrolled, warnings, repeatable, coverage }
    }
}

/// Repeats the latest execution, recording it.
fn repeat_at_once(
    executor: &mut dyn Executor,
    first: Outcome,
    signature: Option<Signature>,
    (iteration, seed, strategy): (u64, u64, String),
) -> SearchedBug {
    let decisions = executor.decisions();
    let bound = executor.max_fair_steps();
    if let End::StepBound { bound, .. } = first.end {
        // What repeats is fair, and would go on.
        executor.set_max_fair_steps(bound);
    }
    executor.set_observe(true);
    let again = executor.execute(&mut Repeat::new(decisions.clone()), seed, true);
    executor.set_observe(false);
    executor.set_max_fair_steps(bound);
    SearchedBug { iteration, seed, strategy, first, decisions, again, signature }
}

/// Returns whether an execution ended in a data race.
fn is_race(end: &End) -> bool {
    matches!(end, End::Failed(failure) if failure.kind == FailureKind::Race)
}

/// Returns whether an end is a reason to stop exploring.
fn stops(config: &Config, end: &End) -> bool {
    end.is_bug()
        || matches!(end, End::Uncontrolled(_) | End::Diverged(_))
        || config.fail_on_max_steps && matches!(end, End::StepBound { .. })
}
