//! The report in words.

use std::fmt;
use std::time::Duration;

use coyote_engine::End;
use coyote_report::text::Style;

use super::recorded::recorded;
use super::{Bug, Report};
use crate::classes::{MOST, SATURATED_BELOW};

pub(super) fn show(report: &Report, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if let Some((end, same)) = &report.replay {
        writeln!(f, "coyote: replayed {}", report.test)?;
        match end {
            End::Diverged(divergence) => {
                writeln!(f, "  the program left the trace {divergence}")?;
                return f.write_str(DIVERGENCE_CAUSES);
            }
            End::Completed => {
                return writeln!(
                    f,
                    "  the trace was followed to its end, and nothing failed: the bug is gone"
                );
            }
            _ if !same => writeln!(f, "  the failure came, but not in the very execution that was recorded")?,
            _ => {}
        }
    } else {
        show_heading(report, f)?;
    }
    match &report.bug {
        Some(bug) => show_bug(report, bug, style, f)?,
        None => {
            writeln!(
                f,
                "  found no bug in {} of {} iterations",
                report.statistics.iterations, report.iterations_asked
            )?;
            show_statistics(report, f)?;
        }
    }
    show_notes(report, f)
}

fn show_heading(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "coyote: tested {}", report.test)?;
    writeln!(f, "  strategy {}, seed {}", report.strategy, report.seed)?;
    if report.in_place {
        writeln!(
            f,
            "  once, in place: the test builds its runtime itself; COYOTE_SEED=random takes another schedule"
        )?;
    }
    Ok(())
}

fn show_bug(report: &Report, bug: &Bug, style: Style, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if report.replay.is_none() {
        let found = if bug.end.is_bug() { "found a bug" } else { "had to stop" };
        if let Some(place) = &report.stored {
            writeln!(f, "  a schedule that has failed before fails again: {place}")?;
        }
        writeln!(f, "  iteration {} {found} (strategy {})", bug.trace.iteration, bug.trace.strategy)?;
        show_statistics(report, f)?;
    }
    f.write_str(&coyote_report::text::console(&recorded(report, bug), style))
}

/// Returns the numbers, a line each.
pub(super) fn statistics(report: &Report) -> Vec<String> {
    let shown = Shown(|f: &mut fmt::Formatter<'_>| show_statistics(report, f)).to_string();
    shown.lines().map(|line| line.trim().to_owned()).collect()
}

/// Something that can be shown, by a function.
pub(super) struct Shown<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result>(pub(super) F);

impl<F: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Display for Shown<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0)(f)
    }
}

/// Returns what a reader has to know of a bug besides, a paragraph each.
pub(super) fn warnings(report: &Report, bug: &Bug) -> Vec<String> {
    if bug.reproduced || report.replay.is_some() {
        return Vec::new();
    }
    let left = bug.divergence.as_ref().map(|divergence| format!("\n  It left the trace {divergence}."));
    vec![format!(
        "NOT REPRODUCIBLE: the same decisions, made again at once, gave another execution.{}\n{DIVERGENCE_CAUSES}",
        left.unwrap_or_default()
    )]
}

const DIVERGENCE_CAUSES: &str = "  The usual causes: the code has changed since; a `static`, or something else that outlives an\n  \
     execution, carries state from one to the next; the program looks at the wall clock, at\n  \
     addresses, at a hash map's order, or at a thread that is not under control.\n";

fn show_statistics(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let s = &report.statistics;
    writeln!(
        f,
        "  {} schedules, {}{} distinct classes, {} tasks at most; scheduling points: {} min, {} mean, {} max; {}",
        s.iterations,
        if s.classes >= MOST as u64 { "at least " } else { "" },
        s.classes,
        s.tasks,
        if s.min_steps == u64::MAX { 0 } else { s.min_steps },
        s.mean_steps(),
        s.max_steps,
        seconds(s.elapsed),
    )?;
    if report.bug.is_none() && report.is_sampling {
        show_chances(report, f)?;
    }
    if s.buggy > 1 {
        writeln!(f, "  {} of {} schedules failed", s.buggy, s.iterations)?;
    }
    if s.complete {
        let bound = match s.bounded {
            0 => "",
            _ => " up to the bound of scheduling points",
        };
        writeln!(f, "  complete: every schedule of the strategy {} was made{bound}", report.strategy)?;
    }
    if s.bounded > 0 {
        writeln!(
            f,
            "  {} schedules reached the bound of scheduling points, and say nothing beyond it",
            s.bounded
        )?;
    }
    if s.unconfirmed > 0 {
        writeln!(
            f,
            "  {} schedules looked like livelocks, but went on well when continued in another fair way",
            s.unconfirmed
        )?;
    }
    if s.abandoned > 0 {
        writeln!(f, "  {} tasks could not be unwound at the end; their memory is kept", s.abandoned)?;
    }
    Ok(())
}

/// What a sample allows to say, and no more.
fn show_chances(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let s = &report.statistics;
    if s.classified > 0 && s.classes_seen_once == s.classified {
        writeln!(f, "  every schedule was of a class of its own: there are many more")?;
    } else if let Some(chance) = s.chance_of_new_class() {
        let saturated = match s.saturated {
            true => format!("; ended early, for this is below {}", percent(SATURATED_BELOW)),
            false => String::new(),
        };
        writeln!(
            f,
            "  the next schedule would be of a new class with a probability of about {}{saturated}",
            percent(chance)
        )?;
    }
    if let Some(mass) = report.failing_mass_below() {
        writeln!(
            f,
            "  a schedule drawn by this strategy fails with a probability below {} (95 % confidence)",
            percent(mass)
        )?;
    }
    Ok(())
}

fn percent(probability: f64) -> String {
    let percent = probability * 100.0;
    match percent {
        0.0 => "0 %".to_owned(),
        10.0.. => format!("{percent:.0} %"),
        0.095.. => format!("{percent:.1} %"),
        0.001.. => format!("{percent:.3} %"),
        _ => format!("{percent:.1e} %"),
    }
}

fn show_notes(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if !report.remarks.is_empty() {
        writeln!(f, "\n  of schedules that have failed:")?;
        report.remarks.iter().try_for_each(|remark| writeln!(f, "    {remark}"))?;
    }
    // With a bug, they are part of what is said of it.
    if !report.uncontrolled.is_empty() && report.bug.is_none() {
        writeln!(f, "\n  not under control:")?;
        report.uncontrolled.iter().try_for_each(|note| writeln!(f, "    {note}"))?;
    }
    if !report.suspicions.is_empty() {
        writeln!(f, "\n  suspicious, though nothing failed because of it:")?;
        report.suspicions.iter().try_for_each(|w| writeln!(f, "    {}: {}", w.detector.name(), w.message))?;
    }
    if !report.repeatable {
        writeln!(f, "\n  NOT REPEATABLE: the first execution, made again at the end, was another one.")?;
        f.write_str(DIVERGENCE_CAUSES)?;
    }
    if report.hint_optimise && report.bug.is_some() {
        writeln!(
            f,
            "\n  This build runs the engine unoptimised, several times slower. In the workspace's Cargo.toml:"
        )?;
        f.write_str(PROFILE_LINES)?;
    }
    Ok(())
}

/// The lines that optimise the engine in a development build.
const PROFILE_LINES: &str = "    [profile.dev.package]\n    \
    coyote-engine = { opt-level = 3, debug-assertions = false }\n    \
    coyote-shim = { opt-level = 3 }\n    \
    coyote-rs = { opt-level = 3 }\n    \
    corosensei = { opt-level = 3 }\n    \
    tokio = { opt-level = 3 }\n";

/// Returns the whole report for a file: every step, and the trace string.
pub(crate) fn full(report: &Report) -> String {
    let Some(bug) = &report.bug else { return report.to_string() };
    let heading = Shown(|f: &mut fmt::Formatter<'_>| {
        show_heading(report, f)?;
        writeln!(f, "  iteration {} (strategy {})", bug.trace.iteration, bug.trace.strategy)?;
        show_statistics(report, f)
    });
    let notes = Shown(|f: &mut fmt::Formatter<'_>| show_notes(report, f));
    let original =
        bug.original_trace().map(|trace| format!("as it was found: COYOTE_REPLAY={}\n", trace.to_short()));
    format!(
        "{heading}{}{}{notes}",
        coyote_report::text::full(&recorded(report, bug)),
        original.unwrap_or_default()
    )
}

/// How long an exploration may take, for reports.
fn seconds(duration: Duration) -> String {
    if duration < Duration::from_millis(10) {
        format!("{:.1} ms", duration.as_secs_f64() * 1e3)
    } else {
        format!("{:.2} s", duration.as_secs_f64())
    }
}
