//! The report in words.

use std::fmt::{self, Write};

use coyote_engine::{
    Deadlock, End, FailureKind, Livelock, OpKind, RecordedStep, Starved, Unpolled, Waiting, WaitingOn,
};

use super::source::Sources;
use super::{Bug, Report};
use crate::classes::{MOST, SATURATED_BELOW};
use crate::explorer::seconds;

/// At most this many lines of the interleaving are shown; the file has all of them.
const SHOWN: usize = 40;

/// Says in one sentence how an execution ended.
pub(super) fn sentence(end: &End) -> String {
    match end {
        End::Completed => "the execution completed".to_owned(),
        End::Failed(failure) if failure.kind == FailureKind::ReturnedError => failure.panic.message.clone(),
        End::Failed(failure) if failure.kind == FailureKind::Check => {
            let at = failure.panic.location.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
            format!("task {} violated the specification{at}: {}", failure.task, failure.panic.message)
        }
        End::Failed(failure) => {
            let at = failure.panic.location.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
            let unseen = if failure.in_root { "" } else { " (and nobody joined it)" };
            format!("task {} panicked{unseen}{at}: {}", failure.task, failure.panic.message)
        }
        End::Deadlock(deadlock) if !deadlock.starved.is_empty() => {
            let starved = &deadlock.starved[0];
            let (blocked, ready) = (names(&starved.blocked), names(&starved.ready));
            let all = match starved.workers {
                1 => "the only worker".to_owned(),
                2 => "both workers".to_owned(),
                workers => format!("all {workers} workers"),
            };
            let verb = if starved.ready.len() == 1 { "is" } else { "are" };
            format!(
                "deadlock: {all} of a runtime {} blocked, by {blocked}, and {ready}, which {verb} ready, cannot run",
                if starved.workers == 1 { "is" } else { "are" }
            )
        }
        End::Deadlock(deadlock) if futurelock(deadlock).is_some() => {
            let lock = futurelock(deadlock).map(|(waiting, on, first)| {
                let object = on.object.as_deref().and_then(|object| object.split(" (").next());
                let whose =
                    if first.task == waiting.task { "its own".to_owned() } else { first.task.clone() };
                let (task, object) = (&waiting.task, object.unwrap_or("something"));
                format!(
                    "task {task} waits for {object}, kept for a future of {whose} that is not being polled"
                )
            });
            format!("futurelock: {}", lock.unwrap_or_default())
        }
        End::Deadlock(deadlock) if deadlock.cycle.len() == 1 => {
            format!("deadlock: {} waits for itself", deadlock.cycle[0])
        }
        End::Deadlock(deadlock) if !deadlock.cycle.is_empty() => {
            format!("deadlock: {} wait for each other", deadlock.cycle.join(" and "))
        }
        End::Deadlock(deadlock) => {
            let tasks: Vec<&str> = deadlock.waiting.iter().map(|waiting| &*waiting.task).collect();
            let verb = if tasks.len() == 1 { "waits" } else { "wait" };
            format!("deadlock: {} {verb}, and nothing can run any more", list(&tasks))
        }
        End::Livelock(livelock) => livelock_sentence(livelock),
        End::Stuck { task, seconds, .. } => {
            format!("task {task} is stuck: it reached no scheduling point for {seconds} s")
        }
        End::Crashed { task, what } => format!("task {task} crashed: {what}"),
        End::StepBound { bound, fair: true } => {
            format!(
                "the execution reached the bound of {bound} scheduling points on a fair schedule: perhaps a livelock"
            )
        }
        End::StepBound { bound, fair: false } => {
            format!("the execution reached the bound of {bound} scheduling points; this says nothing")
        }
        End::Uncontrolled(what) => format!("the execution cannot be controlled: {what}"),
        End::Diverged(divergence) => format!("the replay diverged {divergence}"),
    }
}

fn livelock_sentence(livelock: &Livelock) -> String {
    match livelock {
        Livelock::Hot { monitor, state, since, steps } => format!(
            "livelock: the monitor {monitor} is still in the hot state {state}, {steps} scheduling points after it \
             turned hot at point {since}, though the schedule is fair"
        ),
        Livelock::HotAtEnd { monitor, state, since, steps } => format!(
            "the monitor {monitor} is in the hot state {state} at the end of the execution, {steps} scheduling points \
             after it turned hot at point {since}"
        ),
        Livelock::Starved { task, by, steps } => {
            let by: Vec<&str> = by.iter().map(String::as_str).collect();
            format!(
                "livelock: {task} is ready, but {} kept all workers busy for {steps} scheduling points, without \
                 once letting others go first",
                list(&by)
            )
        }
        _ => "livelock".to_owned(),
    }
}

fn names(tasks: &[String]) -> String {
    list(&tasks.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Returns the first wait for something that is kept for a future that nobody polls.
fn futurelock(deadlock: &Deadlock) -> Option<(&Waiting, &WaitingOn, &Unpolled)> {
    let waits = deadlock.waiting.iter().flat_map(|waiting| waiting.on.iter().map(move |on| (waiting, on)));
    waits.filter_map(|(waiting, on)| Some((waiting, on, on.first_in_line.as_ref()?))).next()
}

fn list(items: &[&str]) -> String {
    match items {
        [] => "no task".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] if rest.len() < 6 => format!("{} and {last}", rest.join(", ")),
        [first, second, third, ..] => format!("{first}, {second}, {third} and {} more", items.len() - 3),
        _ => items.join(" and "),
    }
}

pub(super) fn show(report: &Report, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
        writeln!(f, "coyote: tested {}", report.test)?;
        writeln!(f, "  strategy {}, seed {}", report.strategy, report.seed)?;
        if report.in_place {
            writeln!(
                f,
                "  once, in place: the test builds its runtime itself; COYOTE_SEED=random takes another schedule"
            )?;
        }
    }
    match &report.bug {
        Some(bug) => show_bug(report, bug, f)?,
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

fn show_bug(report: &Report, bug: &Bug, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if report.replay.is_none() {
        let found = if bug.end.is_bug() { "found a bug" } else { "had to stop" };
        if let Some(place) = &report.stored {
            writeln!(f, "  a schedule that has failed before fails again: {place}")?;
        }
        writeln!(f, "  iteration {} {found} (strategy {})", bug.trace.iteration, bug.trace.strategy)?;
        for (file, what) in &report.files {
            writeln!(f, "  wrote {}{what}", file.display())?;
        }
        show_statistics(report, f)?;
        show_shrinking(bug, f)?;
    }
    writeln!(f, "\n{}", sentence(&bug.end))?;
    let headline = match &bug.end {
        End::Failed(failure) => Some(&failure.task),
        _ => None,
    };
    for (task, panic) in bug.recording.panics.iter().filter(|(task, _)| Some(task) != headline) {
        let at = panic.location.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
        writeln!(f, "  task {task} panicked, too{at}: {}", panic.message)?;
    }
    match &bug.end {
        End::Failed(failure) if !failure.context.is_empty() => {
            failure.context.iter().try_for_each(|(name, value)| writeln!(f, "  {name} = {value}"))?;
        }
        End::Deadlock(deadlock) => show_deadlock(deadlock, f)?,
        End::Stuck { stack, .. } if !stack.is_empty() => {
            writeln!(f, "\n  its stack, innermost first:")?;
            stack.iter().try_for_each(|frame| writeln!(f, "    {frame}"))?;
        }
        _ => {}
    }
    if !bug.recording.steps.is_empty() {
        let mut sources = Sources::new(report.source_root.as_deref());
        show_preemptions(bug, &mut sources, f)?;
        writeln!(f, "\n  the interleaving:")?;
        f.write_str(&interleaving(&bug.recording.steps, SHOWN, &mut sources))?;
    }
    let output = String::from_utf8_lossy(&bug.recording.output);
    if !output.trim().is_empty() {
        writeln!(f, "\n  the program's own output:")?;
        output.lines().try_for_each(|line| writeln!(f, "    {line}"))?;
    }
    if !bug.reproduced && report.replay.is_none() {
        show_irreproducible(bug, f)?;
    } else if let Some(command) = &report.replay_command {
        writeln!(f, "\n  replay it with:\n    {command}")?;
        let short = bug.trace.to_short();
        if bug.has_trace && short.len() <= 400 {
            writeln!(f, "  or, without the file, with COYOTE_REPLAY={short}")?;
        }
    }
    Ok(())
}

/// At most this many preemptions are listed: more of them explain nothing.
const LISTED: usize = 12;

/// Shows where tasks are held up that could go on: what a reader has to know of a schedule.
fn show_preemptions(bug: &Bug, sources: &mut Sources<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let count = bug.preemptions().count();
    match count {
        0 => return writeln!(f, "\n  no task has to be held up: each runs until it waits, yields or ends"),
        1 => writeln!(f, "\n  it takes one preemption:")?,
        2..=LISTED => writeln!(f, "\n  it takes {count} preemptions:")?,
        _ => return writeln!(f, "\n  tasks are held up {count} times"),
    }
    for (at, step) in bug.preemptions().enumerate() {
        let Some(held_up) = &step.preempted else { continue };
        let (task, op, place) = (&held_up.task, &held_up.op, without_column(&held_up.location));
        let instead = if step.kind == OpKind::Tick {
            "the clock moves on".to_owned()
        } else {
            format!("{} runs instead", step.task)
        };
        writeln!(f, "    {}. {task} is held up before `{op}` at {}; {instead}", at + 1, shorten(place))?;
        if let Some(line) = sources.line(&held_up.location) {
            writeln!(f, "         {line}")?;
        }
    }
    Ok(())
}

fn show_shrinking(bug: &Bug, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some((_, shrinking)) = &bug.shrinking else { return Ok(()) };
    writeln!(
        f,
        "  shrunk from {} preemptions to {} in {} executions; {}",
        shrinking.preemptions_before,
        bug.preemptions().count(),
        shrinking.executions,
        seconds(shrinking.elapsed)
    )
}

fn without_column(location: &str) -> &str {
    location.rsplit_once(':').map_or(location, |(place, _column)| place)
}

const DIVERGENCE_CAUSES: &str = "  The usual causes: the code has changed since; a `static`, or something else that outlives an\n  \
     execution, carries state from one to the next; the program looks at the wall clock, at\n  \
     addresses, at a hash map's order, or at a thread that is not under control.\n";

fn show_irreproducible(bug: &Bug, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n  NOT REPRODUCIBLE: the same decisions, made again at once, gave another execution.")?;
    if let Some(divergence) = &bug.divergence {
        writeln!(f, "  It left the trace {divergence}.")?;
    }
    f.write_str(DIVERGENCE_CAUSES)
}

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
    if !report.uncontrolled.is_empty() {
        writeln!(f, "\n  not under control:")?;
        report.uncontrolled.iter().try_for_each(|note| writeln!(f, "    {note}"))?;
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

fn show_deadlock(deadlock: &Deadlock, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f)?;
    for waiting in &deadlock.waiting {
        for (at, on) in waiting.on.iter().enumerate() {
            let task = if at == 0 { waiting.task.as_str() } else { "  or" };
            let object = on.object.as_ref().map(|object| format!(" {object}")).unwrap_or_default();
            writeln!(f, "  {task} waits to {}{object}\n      at {}", on.op, on.location)?;
            if !on.held_by.is_empty() {
                writeln!(f, "      held by {}", on.held_by.join(", "))?;
            }
            if let Some(first) = &on.first_in_line {
                let Unpolled { task, location } = first;
                writeln!(f, "      held by nobody; first in line is a future of {task},")?;
                writeln!(f, "      waiting since {location}, that {task} does not poll")?;
            }
        }
    }
    for Starved { workers, blocked, ready } in &deadlock.starved {
        writeln!(
            f,
            "  {} ready, and get no worker: {} of {workers} blocked by",
            names(ready),
            blocked.len()
        )?;
        writeln!(f, "      {}", names(blocked))?;
    }
    Ok(())
}

/// Returns the interleaving as a table: task, operation, place, source line. A task's name is written
/// where the schedule comes to it.
fn interleaving(steps: &[RecordedStep], shown: usize, sources: &mut Sources<'_>) -> String {
    let dull = |step: &&RecordedStep| {
        !matches!(step.kind, OpKind::Start | OpKind::Resume | OpKind::Monitor | OpKind::Judge)
    };
    let steps: Vec<&RecordedStep> = steps.iter().filter(dull).collect();
    let skipped = steps.len().saturating_sub(shown);
    let shown = &steps[skipped..];
    let op = |step: &RecordedStep| match &step.object {
        Some(note) if step.kind == OpKind::Note => note.clone(),
        Some(object) => format!("{} {object}", step.kind.name()),
        None if step.kind == OpKind::Choose => format!("choose {} of {}", step.index, step.alternatives),
        None => step.kind.name().to_owned(),
    };
    // The clock ticks at no place of the program's.
    let is_placed = |step: &RecordedStep| step.kind != OpKind::Tick;
    let place = |step: &RecordedStep| {
        if !is_placed(step) {
            return String::new();
        }
        shorten(without_column(&step.location))
    };
    let width =
        |of: &dyn Fn(&RecordedStep) -> String| shown.iter().map(|s| of(s).chars().count()).max().unwrap_or(0);
    let (tasks, ops, places) = (width(&|step| step.task.clone()), width(&op), width(&place));
    let mut table = String::new();
    if skipped > 0 {
        let _ = writeln!(table, "    … {skipped} steps before these; the .txt file has all");
    }
    let mut last = None;
    for step in shown {
        let task = if last == Some(&step.task) { "" } else { step.task.as_str() };
        last = Some(&step.task);
        let source = is_placed(step).then(|| sources.line(&step.location)).flatten().unwrap_or_default();
        let line = format!("    {task:tasks$}  {:ops$}  {:places$}  {source}", op(step), place(step));
        let _ = writeln!(table, "{}", line.trim_end());
    }
    table
}

/// Shortens a path to its last three parts.
fn shorten(place: &str) -> String {
    let parts: Vec<&str> = place.split('/').collect();
    if parts.len() <= 4 { place.to_owned() } else { format!("…/{}", parts[parts.len() - 3..].join("/")) }
}

/// Returns the whole report for a file: every step, and the trace string.
pub(crate) fn full(report: &Report) -> String {
    let mut text = report.to_string();
    if let Some(bug) = &report.bug {
        let mut sources = Sources::new(report.source_root.as_deref());
        let _ =
            writeln!(text, "\nall steps:\n{}", interleaving(&bug.recording.steps, usize::MAX, &mut sources));
        if bug.has_trace {
            let _ = writeln!(text, "COYOTE_REPLAY={}", bug.trace.to_short());
            if let Some(original) = bug.original_trace() {
                let _ = writeln!(text, "as it was found: COYOTE_REPLAY={}", original.to_short());
            }
        }
    }
    text
}
