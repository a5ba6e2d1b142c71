//! What an exploration found, as data. `text` shows it.

mod actors;
mod backtrace;
mod deadlock;
mod headline;
mod recorded;
mod source;
mod text;

pub(crate) use headline::{origin, sentence};
pub(crate) use recorded::happened;
pub(crate) use text::full;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use coyote_engine::trace::{Settings, Trace};
use coyote_engine::{Divergence, End, Noted, Outcome, RecordedStep, Recording, Warning};

use coyote_report::Recorded;
use coyote_report::coverage::Coverage;
use coyote_report::text::Style;

use crate::config::Config;
use crate::explorer::ended_alike;
use crate::shrink::Shrunk;

/// Numbers about an exploration.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Statistics {
    /// Executions made.
    pub iterations: u64,
    /// Distinct classes of executions, up to the order of independent operations; counted up to 131,072.
    pub classes: u64,
    /// Classes of which there was one execution.
    pub classes_seen_once: u64,
    /// Executions among which classes were counted: all, unless there are more than 131,072 classes.
    pub classified: u64,
    /// Executions whose schedule was fair throughout.
    pub fair: u64,
    /// Executions that looked like a livelock, but did not when continued in another fair way.
    pub unconfirmed: u64,
    /// Executions that failed: more than one only if the exploration went on after the first.
    pub buggy: u64,
    /// Executions that reached the step bound, of which nothing more is known.
    pub bounded: u64,
    /// The fewest scheduling points of an execution.
    pub min_steps: u64,
    /// The most scheduling points of an execution.
    pub max_steps: u64,
    /// Scheduling points of all executions.
    pub total_steps: u64,
    /// The most tasks of an execution, the root included.
    pub tasks: u32,
    /// Tasks that could not be unwound at the end of their execution, whose memory is kept.
    pub abandoned: u64,
    /// Whether the strategy was systematic and has made every schedule it makes.
    pub complete: bool,
    /// Whether the exploration ended because hardly anything was new any more; see
    /// [`Until::Saturated`](crate::Until::Saturated).
    pub saturated: bool,
    /// Real time.
    pub elapsed: Duration,
}

impl Statistics {
    pub(crate) fn add(&mut self, outcome: &Outcome) {
        self.iterations += 1;
        self.fair += u64::from(outcome.fair);
        self.bounded += u64::from(matches!(outcome.end, End::StepBound { .. }));
        self.min_steps = self.min_steps.min(outcome.steps);
        self.max_steps = self.max_steps.max(outcome.steps);
        self.total_steps += outcome.steps;
        self.tasks = self.tasks.max(outcome.tasks);
        self.abandoned += u64::from(outcome.abandoned);
    }

    /// Returns the estimated probability that the next execution would be of a class not seen so far (Good and
    /// Turing); None before the first execution. It holds for the strategy that made these, and assumes that
    /// what it does changes little with what it learns. If all classes are new, all it says is that there
    /// are many more.
    pub fn chance_of_new_class(&self) -> Option<f64> {
        (self.classified > 0).then(|| self.classes_seen_once as f64 / self.classified as f64)
    }

    /// Returns the mean number of scheduling points of an execution.
    pub fn mean_steps(&self) -> u64 {
        self.total_steps.checked_div(self.iterations).unwrap_or(0)
    }
}

/// A bug, with everything needed to repeat it.
#[derive(Clone, Debug)]
pub struct Bug {
    pub(crate) end: End,
    pub(crate) trace: Trace,
    pub(crate) recording: Recording,
    pub(crate) reproduced: bool,
    pub(crate) divergence: Option<Divergence>,
    /// Whether there was enough to make a trace of.
    pub(crate) has_trace: bool,
    /// The schedule as it was found, and how this one came from it.
    pub(crate) shrinking: Option<(Trace, Shrinking)>,
}

/// How the schedule of a bug was made simpler.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Shrinking {
    /// The preemptions of the schedule that was found.
    pub preemptions_before: usize,
    /// The executions it took.
    pub executions: u32,
    /// Real time.
    pub elapsed: Duration,
}

impl Bug {
    /// Returns how the execution ended.
    pub fn end(&self) -> &End {
        &self.end
    }

    /// Returns the trace that repeats the execution.
    pub fn trace(&self) -> &Trace {
        &self.trace
    }

    /// Returns everything that happened in the execution, as repeated.
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Returns whether repeating the decisions at once gave the same execution with the same end.
    pub fn is_reproduced(&self) -> bool {
        self.reproduced
    }

    /// Returns the steps at which a task was held up that could have gone on, in order: see
    /// [`RecordedStep::preempted`]. These, and in what order tasks go on where none is held up, make the
    /// schedule.
    pub fn preemptions(&self) -> impl Iterator<Item = &RecordedStep> {
        self.recording.steps.iter().filter(|step| step.preempted.is_some())
    }

    /// Returns the trace of the execution as it was found, if [`Bug::trace`] is a simpler one that fails in
    /// the same way.
    pub fn original_trace(&self) -> Option<&Trace> {
        self.shrinking.as_ref().map(|(original, _)| original)
    }

    /// Returns what went wrong, in a sentence.
    pub fn message(&self) -> String {
        headline::headline(&self.end, &self.recording)
    }
}

/// What came of an exploration, or of a replay.
#[derive(Clone, Debug)]
pub struct Report {
    pub(crate) test: String,
    pub(crate) strategy: String,
    /// Whether the strategy draws each execution independently of those before.
    pub(crate) is_independent: bool,
    /// Whether the strategy samples, rather than enumerates.
    pub(crate) is_sampling: bool,
    pub(crate) seed: u64,
    pub(crate) iterations_asked: u64,
    pub(crate) statistics: Statistics,
    pub(crate) bug: Option<Bug>,
    pub(crate) uncontrolled: Vec<String>,
    pub(crate) suspicions: Vec<Warning>,
    pub(crate) repeatable: bool,
    /// The execution that was replayed, if this is a replay: how it ended, and whether its fingerprint
    /// is that of the trace.
    pub(crate) replay: Option<(End, bool)>,
    /// The files written, each with what follows it in a list.
    pub(crate) files: Vec<(PathBuf, &'static str)>,
    pub(crate) replay_command: Option<String>,
    pub(crate) source_root: Option<PathBuf>,
    pub(crate) hint_optimise: bool,
    /// Bugs of other kinds, if the exploration went on after the first: each as if found alone.
    pub(crate) others: Vec<Report>,
    /// Where the schedule was kept that has failed again, if the bug was found by repeating one.
    pub(crate) stored: Option<String>,
    /// What is to be said of schedules that are kept, or were not.
    pub(crate) remarks: Vec<String>,
    /// The test ran once, in place: there is no confirmation.
    pub(crate) in_place: bool,
    /// What the executions covered, if that was asked for.
    pub(crate) coverage: Option<Coverage>,
}

/// What the exploration came upon.
pub(crate) struct Found {
    pub(crate) iteration: u64,
    pub(crate) seed: u64,
    pub(crate) strategy: String,
    pub(crate) first: Outcome,
    pub(crate) again: Option<Outcome>,
    pub(crate) settings: Settings,
}

impl Report {
    /// Returns the bug, if one was found.
    pub fn bug(&self) -> Option<&Bug> {
        self.bug.as_ref()
    }

    /// Returns all that happened in the execution that failed, as data that can be rendered and kept.
    pub fn recorded(&self) -> Option<Recorded> {
        self.bug.as_ref().map(|bug| recorded::recorded(self, bug))
    }

    /// Shows this in a style.
    pub(crate) fn styled(&self, style: Style) -> impl fmt::Display + '_ {
        text::Shown(move |f: &mut fmt::Formatter<'_>| text::show(self, style, f))
    }

    /// Returns how the schedule of the bug was made simpler; `None` if it was not.
    pub fn shrinking(&self) -> Option<&Shrinking> {
        self.bug.as_ref()?.shrinking.as_ref().map(|(_, shrinking)| shrinking)
    }

    /// Returns the numbers.
    pub fn statistics(&self) -> &Statistics {
        &self.statistics
    }

    /// Returns, if nothing failed, and each execution was drawn independently of those before, the
    /// probability below which one fails under this strategy, with 95 % confidence: `3 / n`. Strategies that
    /// learn, which the portfolio does, allow no such statement: None.
    pub fn failing_mass_below(&self) -> Option<f64> {
        let says = self.bug.is_none() && self.is_independent && self.statistics.iterations >= 30;
        says.then(|| 3.0 / self.statistics.iterations as f64)
    }

    /// Returns what the executions have covered, if [`Config::coverage`] asks for it; none of a test that got
    /// stuck, or crashed.
    pub fn coverage(&self) -> Option<&Coverage> {
        self.coverage.as_ref()
    }

    /// Returns what was not under control, in words.
    pub fn uncontrolled(&self) -> &[String] {
        &self.uncontrolled
    }

    /// Returns what is suspicious although nothing has failed, each once: warnings of detectors.
    pub fn warnings(&self) -> &[Warning] {
        &self.suspicions
    }

    /// Returns whether the first execution, repeated at the end, was the same again. If not, state
    /// leaks from one execution into the next.
    pub fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    /// Returns how the execution ended that was replayed, if this is the report of a replay. It is
    /// [`End::Diverged`] if the program left the trace.
    pub fn replayed_end(&self) -> Option<&End> {
        self.replay.as_ref().map(|(end, _)| end)
    }

    fn new(config: &Config, statistics: Statistics) -> Report {
        Report {
            test: config.name.clone(),
            strategy: config.strategy.to_string(),
            is_independent: config.strategy.is_independent(),
            is_sampling: !config.strategy.is_systematic(),
            seed: config.seed,
            iterations_asked: config.iterations,
            hint_optimise: !coyote_engine::IS_OPTIMISED,
            statistics,
            bug: None,
            uncontrolled: Vec::new(),
            suspicions: Vec::new(),
            repeatable: true,
            replay: None,
            files: Vec::new(),
            replay_command: None,
            source_root: config.source_root.clone(),
            stored: None,
            remarks: Vec::new(),
            others: Vec::new(),
            in_place: false,
            coverage: None,
        }
    }

    pub(crate) fn clean(
        config: &Config,
        statistics: Statistics,
        uncontrolled: Vec<String>,
        suspicions: Vec<Warning>,
        repeatable: bool,
    ) -> Report {
        Report { uncontrolled, suspicions, repeatable, ..Report::new(config, statistics) }
    }

    pub(crate) fn found(config: &Config, statistics: Statistics, found: Found) -> Report {
        let Found { iteration, seed, strategy, first, again, settings } = found;
        let reproduced = again.as_ref().is_some_and(|again| ended_alike(&first, again));
        // The recorded one knows more: who is in line for what.
        let end = again.as_ref().filter(|_| reproduced).map_or(&first.end, |again| &again.end).clone();
        let divergence = match again.as_ref().map(|again| &again.end) {
            Some(End::Diverged(divergence)) => Some(divergence.clone()),
            _ => None,
        };
        let recording =
            again.and_then(|again| again.notes.into_noted().recording).map(|recording| *recording);
        let has_trace = recording.is_some();
        let recording = recording.unwrap_or_default();
        let trace = Trace {
            test: config.name.clone(),
            strategy,
            seed,
            iteration,
            end: first.end.kind().to_owned(),
            message: headline::headline(&end, &recording),
            fingerprint: first.fingerprint,
            settings,
            decisions: Trace::decisions_of(&recording),
        };
        let bug = Bug { end, trace, recording, reproduced, divergence, has_trace, shrinking: None };
        let Noted { uncontrolled, warnings: suspicions, .. } = first.notes.into_noted();
        Report { bug: Some(bug), uncontrolled, suspicions, ..Report::new(config, statistics) }
    }

    /// Puts a simpler execution in the place of the one that was found.
    pub(crate) fn shrunk_to(mut self, shrunk: Shrunk) -> Report {
        let Some(bug) = &mut self.bug else { return self };
        let recording =
            shrunk.outcome.notes.into_noted().recording.map(|recording| *recording).unwrap_or_default();
        let trace = Trace {
            message: headline::headline(&shrunk.outcome.end, &recording),
            fingerprint: shrunk.outcome.fingerprint,
            decisions: Trace::decisions_of(&recording),
            ..bug.trace.clone()
        };
        let preemptions_before = bug.preemptions().count();
        let shrinking = Shrinking { preemptions_before, executions: shrunk.replays, elapsed: shrunk.elapsed };
        bug.shrinking = Some((std::mem::replace(&mut bug.trace, trace), shrinking));
        bug.end = shrunk.outcome.end;
        bug.recording = recording;
        self
    }

    pub(crate) fn replayed(
        config: &Config,
        statistics: Statistics,
        outcome: Outcome,
        settings: Settings,
        same: bool,
    ) -> Report {
        let end = outcome.end.clone();
        let noted = outcome.notes.into_noted();
        let mut report = Report::new(config, statistics);
        if end.is_bug() || matches!(end, End::Uncontrolled(_) | End::StepBound { .. }) {
            let recording = noted.recording.map(|recording| *recording).unwrap_or_default();
            let trace = Trace {
                test: config.name.clone(),
                strategy: "replay".to_owned(),
                seed: 0,
                iteration: 1,
                end: end.kind().to_owned(),
                message: headline::headline(&end, &recording),
                fingerprint: outcome.fingerprint,
                settings,
                decisions: Trace::decisions_of(&recording),
            };
            let bug = Bug {
                end: outcome.end,
                trace,
                recording,
                reproduced: same,
                divergence: None,
                has_trace: true,
                shrinking: None,
            };
            report.bug = Some(bug);
        }
        report.uncontrolled = noted.uncontrolled;
        report.suspicions = noted.warnings;
        report.replay = Some((end, same));
        report
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        text::show(self, Style::Plain, f)
    }
}
