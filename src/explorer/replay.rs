//! A trace, made again.

use std::sync::Arc;

use coyote_engine::strategy::Replay;
use coyote_engine::trace::{Settings as TraceSettings, Short, Trace, TraceError};
use coyote_engine::{End, Options, Outcome, Supervised, supervise};

use super::body::One;
#[cfg(unix)]
use super::executor::{Executor, Forks};
use super::{now, refuse_abort};
use crate::config::{Config, Isolate};
use crate::report::{Report, Statistics};

/// A trace to be replayed.
pub(crate) enum Source {
    /// With all names.
    File(Trace),
    /// Bare decisions.
    Short(Short),
}

impl Source {
    /// # Errors
    /// Returns an error if the trace belongs to another test.
    pub(crate) fn check(&self, test: &str) -> Result<(), TraceError> {
        match self {
            Source::File(trace) if trace.test == test => Ok(()),
            Source::File(trace) => {
                let recorded = format!("test `{}`", trace.test);
                Err(TraceError::OtherTest { recorded, asked: test.to_owned() })
            }
            Source::Short(short) => short.check_test(test),
        }
    }

    pub(crate) fn settings(&self) -> TraceSettings {
        match self {
            Source::File(trace) => trace.settings,
            Source::Short(short) => short.settings,
        }
    }

    fn fingerprint(&self) -> u64 {
        match self {
            Source::File(trace) => trace.fingerprint,
            Source::Short(short) => short.fingerprint,
        }
    }

    /// Returns a strategy that repeats the trace.
    pub(crate) fn strategy(&self) -> Replay {
        match self {
            Source::File(trace) => trace.replay(),
            Source::Short(short) => Replay::new(Box::new(short.clone())),
        }
    }
}

/// Repeats a recorded execution.
///
/// # Errors
/// Returns an error if the trace belongs to another test.
#[track_caller]
pub(crate) fn replay(config: &Config, source: Source, one: Arc<One>) -> Result<Report, TraceError> {
    refuse_abort();
    source.check(&config.name)?;
    let (settings, fingerprint) = (source.settings(), source.fingerprint());
    let config = Config {
        time: settings.time,
        granularity: settings.granularity,
        spurious: settings.spurious,
        max_steps: settings.max_unfair_steps,
        ..config.clone()
    };
    let start = now();
    let outcome = match isolated(&config, &one, &source) {
        Some(outcome) => outcome,
        None => {
            let options = Options { max_fair_steps: settings.max_fair_steps, ..config.options() };
            let replayed = supervise(options, config.stuck_after, move |runner| {
                runner.set_switch_hook(&coyote_shim::Spans);
                runner.set_observe(true);
                one(runner, &mut source.strategy(), 0, true)
            });
            match replayed {
                Supervised::Done(outcome) => outcome,
                Supervised::Frozen(frozen) => frozen.outcome,
            }
        }
    };
    let mut statistics =
        Statistics { min_steps: u64::MAX, elapsed: start.elapsed(), ..Statistics::default() };
    statistics.add(&outcome);
    (statistics.classes, statistics.classes_seen_once, statistics.classified) = (1, 1, 1);
    let same = outcome.fingerprint == fingerprint;
    Ok(Report::replayed(&config, statistics, outcome, settings, same))
}

/// Repeats a recorded execution in a process of its own, if that is where it belongs.
#[cfg(unix)]
fn isolated(config: &Config, one: &Arc<One>, source: &Source) -> Option<Outcome> {
    let is_isolated = config.isolate == Isolate::Process;
    is_isolated.then(|| {
        let mut forks = Forks::new(config, &**one);
        forks.set_max_fair_steps(source.settings().max_fair_steps);
        forks.execute(&mut source.strategy(), 0, true)
    })
}

#[cfg(not(unix))]
fn isolated(_config: &Config, _one: &Arc<One>, _source: &Source) -> Option<Outcome> {
    None
}

/// Returns whether a second run of the same decisions ended in the same way.
pub(crate) fn ended_alike(first: &Outcome, again: &Outcome) -> bool {
    first.end.kind() == again.end.kind()
        && first.fingerprint == again.fingerprint
        && match (&first.end, &again.end) {
            (End::Failed(a), End::Failed(b)) => a.task == b.task,
            _ => true,
        }
}
