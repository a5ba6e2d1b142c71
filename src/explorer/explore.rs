//! From the first execution to the report: the loop is started, and what it found is repeated, shrunk and told.

use std::sync::Arc;

use coyote_engine::trace::{Repeat, Settings as TraceSettings};
use coyote_engine::{Decision, End, Outcome, Supervised, mix, supervise};

use super::body::One;
#[cfg(unix)]
use super::executor::Forks;
use super::executor::Here;
use super::replay::ended_alike;
use super::search::{Searched, SearchedBug, search};
use super::shared::Progress;
use super::{now, refuse_abort};
use crate::config::{Config, Isolate};
use crate::report::{Found, Report, Statistics};
use crate::shrink::shrink;

/// Explores until something is found, or the budget is spent.
#[track_caller]
pub(crate) fn explore(config: &Config, one: Arc<One>) -> Report {
    refuse_abort();
    let start = now();
    let progress = Arc::new(Progress::default());
    let (theirs, body, settings) = (Arc::clone(&progress), Arc::clone(&one), config.clone());
    #[cfg(unix)]
    let isolated = (config.isolate == Isolate::Process)
        .then(|| Supervised::Done(search(config, &mut Forks::new(config, &*one), &progress)));
    #[cfg(not(unix))]
    let isolated = None;
    let searched = isolated.unwrap_or_else(|| {
        supervise(config.options(), config.stuck_after, move |runner| {
            runner.set_switch_hook(&coyote_shim::Spans);
            search(&settings, &mut Here { runner, one: &*body }, &theirs)
        })
    });
    match searched {
        Supervised::Done(Searched::Clean {
            mut statistics,
            uncontrolled,
            warnings,
            repeatable,
            coverage,
        }) => {
            statistics.elapsed = start.elapsed();
            Report { coverage, ..Report::clean(config, statistics, uncontrolled, warnings, repeatable) }
        }
        Supervised::Done(Searched::Found { bugs, mut statistics, coverage }) => {
            statistics.elapsed = start.elapsed();
            let mut reports = bugs.into_iter().map(|bug| report_of(config, &one, bug, &statistics));
            let first = reports.next().expect("something was found");
            Report { others: reports.collect(), coverage, ..first }
        }
        Supervised::Frozen(frozen) => {
            let mut statistics = progress.statistics();
            statistics.add(&frozen.outcome);
            statistics.elapsed = start.elapsed();
            let iteration = statistics.iterations;
            let again = repeat(config, frozen.decisions, Arc::clone(&one));
            let seed = mix(config.seed, iteration);
            let strategy = frozen.strategy;
            let settings = trace_settings(config);
            let found = Found { iteration, seed, strategy, first: frozen.outcome, again, settings };
            let report = Report::found(config, statistics.clone(), found);
            let before = std::mem::take(&mut *progress.bugs());
            let others = before.into_iter().map(|bug| report_of(config, &one, bug, &statistics)).collect();
            Report { others, ..report }
        }
    }
}

/// Reports on a bug, its schedule made as simple as it can be.
fn report_of(config: &Config, one: &Arc<One>, bug: SearchedBug, statistics: &Statistics) -> Report {
    let SearchedBug { iteration, seed, strategy, first, decisions, again, signature: _ } = bug;
    // What a strategy saw in a process of its own stays there.
    let may_shrink = config.shrink && config.isolate == Isolate::No;
    let shrunk = (may_shrink && ended_alike(&first, &again))
        .then(|| shrink(config, one, &again, decisions, seed))
        .flatten();
    let mut settings = trace_settings(config);
    if let End::StepBound { bound, .. } = first.end {
        settings.max_fair_steps = bound;
    }
    let found = Found { iteration, seed, strategy, first, again: Some(again), settings };
    let report = Report::found(config, statistics.clone(), found);
    match shrunk {
        Some(shrunk) => report.shrunk_to(shrunk),
        None => report,
    }
}

/// Reports on an execution in place, which nothing can repeat at once.
pub(crate) fn report_in_place(config: &Config, outcome: Outcome) -> Report {
    let mut statistics = Statistics { min_steps: u64::MAX, ..Statistics::default() };
    statistics.add(&outcome);
    (statistics.classes, statistics.classes_seen_once, statistics.classified) = (1, 1, 1);
    let (seed, settings) = (mix(config.seed, 1), trace_settings(config));
    let again = Some(outcome.clone());
    let strategy = config.strategy.to_string();
    let report = Report::found(
        config,
        statistics,
        Found { iteration: 1, seed, strategy, first: outcome, again, settings },
    );
    Report { in_place: true, ..report }
}

fn trace_settings(config: &Config) -> TraceSettings {
    let options = config.options();
    TraceSettings {
        time: options.time,
        granularity: options.granularity,
        spurious: options.spurious,
        max_unfair_steps: options.max_unfair_steps,
        max_fair_steps: options.max_fair_steps,
    }
}

/// Repeats an execution on a new thread, recording it.
pub(crate) fn repeat(config: &Config, decisions: Vec<Decision>, one: Arc<One>) -> Option<Outcome> {
    let again = supervise(config.options(), config.stuck_after, move |runner| {
        runner.set_switch_hook(&coyote_shim::Spans);
        runner.set_observe(true);
        one(runner, &mut Repeat::new(decisions), 0, true)
    });
    Some(match again {
        Supervised::Done(outcome) => outcome,
        Supervised::Frozen(frozen) => frozen.outcome,
    })
}
