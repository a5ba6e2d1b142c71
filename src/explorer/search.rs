//! The loop: execution after execution, until something is found or the budget is spent.

use coyote_engine::trace::Repeat;
use coyote_engine::{Decision, End, FailureKind, Outcome, Warning, mix};

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
    let mut classes = Classes::default();
    let mut statistics = Statistics { min_steps: u64::MAX, ..Statistics::default() };
    let mut uncontrolled = Vec::new();
    let mut warnings: Vec<Warning> = Vec::new();
    let mut predicted = Predicted::default();
    let mut first = None;
    let mut listener = Listener::of(config);
    let mut coverage = config.coverage.then(Coverage::new);
    executor.set_observe(config.coverage);
    let start = now();
    let tell = |listener: &mut Option<Listener>, end: &End, statistics: &Statistics| {
        if let Some(listener) = listener {
            listener.found(sentence(end), start.elapsed(), statistics);
        }
    };
    for iteration in 1..=config.iterations {
        let seed = mix(config.seed, iteration);
        let outcome = executor.execute(&mut *strategy, seed, config.coverage);
        if let (Some(coverage), Some(recording)) = (&mut coverage, &outcome.recording) {
            coverage.add(&happened(recording));
        }
        classes.add(outcome.fingerprint);
        statistics.add(&outcome);
        statistics.classes = classes.distinct();
        (statistics.classes_seen_once, statistics.classified) = classes.once();
        progress.publish(&statistics);
        for note in outcome.uncontrolled.iter() {
            if !uncontrolled.contains(note) {
                uncontrolled.push(note.clone());
            }
        }
        for warning in outcome.warnings.iter() {
            if !warnings.contains(warning) {
                warnings.push(warning.clone());
            }
        }
        if matches!(outcome.end, End::Livelock(_)) && !confirm::holds(executor, &outcome) {
            statistics.unconfirmed += 1;
        } else if stops(config, &outcome.end) {
            let found = (iteration, seed, strategy.name());
            if keeps_bug(
                config,
                executor,
                progress,
                &outcome,
                found,
                &mut statistics,
                &mut |end, statistics| {
                    tell(&mut listener, end, statistics);
                },
            ) {
                break;
            }
        }
        // One that was cut off at the step bound of its strategy would go on beyond it when repeated.
        if first.is_none() && !matches!(outcome.end, End::StepBound { .. } | End::Livelock(_)) {
            first = Some((executor.decisions(), outcome.fingerprint, outcome.steps));
        }
        if !(outcome.cycles.is_empty() && outcome.orders.is_empty())
            && let Some((seed, outcome)) = predicted.look_into(executor, &outcome, seed)
        {
            let found = (iteration, seed, "steered".to_owned());
            if keeps_bug(
                config,
                executor,
                progress,
                &outcome,
                found,
                &mut statistics,
                &mut |end, statistics| {
                    tell(&mut listener, end, statistics);
                },
            ) {
                break;
            }
        }
        if strategy.is_exhausted() {
            statistics.complete = true;
            break;
        }
        if config.until == Until::Saturated && classes.is_saturated() {
            statistics.saturated = true;
            break;
        }
        // Looking at the clock costs as much as a tiny execution.
        let look = outcome.steps > 256 || iteration % 16 == 0;
        if look && (listener.is_some() || !config.timeout.is_zero()) {
            let elapsed = start.elapsed();
            if let Some(listener) = &mut listener {
                listener.look(elapsed, &statistics);
            }
            if !config.timeout.is_zero() && elapsed >= config.timeout {
                break;
            }
        }
    }
    let bugs = std::mem::take(&mut *progress.bugs());
    if !bugs.is_empty() {
        return Searched::Found { bugs, statistics, coverage };
    }
    // Once more, the first one that came to an end: if it differs, state has leaked from one execution into
    // the next.
    let mut repeatable = true;
    if let Some((decisions, fingerprint, steps)) = first {
        let again = executor.execute(&mut Repeat::new(decisions.clone()), 0, false);
        if is_race(&again.end) {
            // The first execution was made before it was known that there are cells to be tracked.
            statistics.buggy += 1;
            let found = (1, mix(config.seed, 1), strategy.name());
            let signature = Signature::of(&again);
            let bugs = vec![repeat_at_once(executor, again, signature, found)];
            return Searched::Found { bugs, statistics, coverage };
        }
        repeatable = (again.fingerprint, again.steps) == (fingerprint, steps)
            && !matches!(again.end, End::Diverged(_));
    }
    if !statistics.complete {
        // If all schedules were made, no deadlock was.
        warnings.extend(predicted.into_warnings());
    }
    Searched::Clean { statistics, uncontrolled, warnings, repeatable, coverage }
}

/// Returns whether an execution ended in a data race.
fn is_race(end: &End) -> bool {
    matches!(end, End::Failed(failure) if failure.kind == FailureKind::Race)
}

/// Keeps a bug, which the latest execution came to, unless it is known already. Returns whether the exploration ends
/// with it.
fn keeps_bug(
    config: &Config,
    executor: &mut dyn Executor,
    progress: &Progress,
    outcome: &Outcome,
    found: (u64, u64, String),
    statistics: &mut Statistics,
    tell: &mut dyn FnMut(&End, &Statistics),
) -> bool {
    statistics.buggy += 1;
    // One that is known already need not be repeated to be told: most of what fails is of that kind.
    let signature = Signature::of(outcome);
    let is_known = progress.bugs().iter().any(|bug| {
        bug.signature == signature && (signature.is_some() || bug.first.end.kind() == outcome.end.kind())
    });
    let ends = !config.explore || !outcome.end.is_bug();
    if ends || !is_known {
        tell(&outcome.end, statistics);
        let bug = repeat_at_once(executor, outcome.clone(), signature, found);
        executor.set_observe(config.coverage);
        progress.bugs().push(bug);
    }
    ends || progress.bugs().len() == MOST_BUGS
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

/// Returns whether an end is a reason to stop exploring.
fn stops(config: &Config, end: &End) -> bool {
    end.is_bug()
        || matches!(end, End::Uncontrolled(_) | End::Diverged(_))
        || config.fail_on_max_steps && matches!(end, End::StepBound { .. })
}
