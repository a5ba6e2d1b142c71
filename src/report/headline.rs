//! What went wrong, in a sentence: of several panics, the one that the others follow from.

use coyote_engine::{End, FailureKind, Livelock, PanicRecord, Recording};
use coyote_report::passes_on;

use super::deadlock;

/// Says how an execution ended, beginning with the panic that led there, if it was another one than that of the end.
pub(super) fn headline(end: &End, recording: &Recording) -> String {
    match (origin(end, recording), end) {
        (None, _) => sentence(end),
        (Some((task, panic)), End::Failed(_)) => panicked(task, "", panic),
        (Some((task, panic)), _) => format!("{}\nthen {}", panicked(task, "", panic), sentence(end)),
    }
}

/// Returns the panic that led to the end, and whose it was, if the end does not tell it itself: that which a later
/// one passes on, by a join or a poisoned lock; or one that nobody has observed, after which nothing goes on.
pub(crate) fn origin<'a>(end: &End, recording: &'a Recording) -> Option<(&'a str, &'a PanicRecord)> {
    let panics = &recording.panics;
    match end {
        End::Failed(failure) if matches!(failure.kind, FailureKind::Panic | FailureKind::ReturnedError) => {
            passed_on(&failure.panic, panics)
        }
        End::Deadlock(deadlock) => {
            let unobserved = panics.iter().find(|(task, _)| deadlock.panicked.contains(task));
            unobserved.map(|(task, panic)| passed_on(panic, panics).unwrap_or((task, panic)))
        }
        _ => None,
    }
}

/// Returns the panic that another one passes on, if it does.
fn passed_on<'a>(
    panic: &PanicRecord,
    panics: &'a [(String, PanicRecord)],
) -> Option<(&'a str, &'a PanicRecord)> {
    let mut origins =
        panics.iter().filter(|(_, other)| !passes_on(&other.message) && other.location.is_some());
    let is_resumed = panic.location.is_none() && !passes_on(&panic.message);
    let origin = if is_resumed {
        origins.find(|(_, origin)| origin.message == panic.message)
    } else if passes_on(&panic.message) {
        // An error of a join quotes what it was; as often as it was passed on.
        let (quoting, mut origins) = (unquoted(&panic.message), origins);
        let quoted = origins.clone().find(|(_, origin)| quoting.contains(&unquoted(&origin.message)));
        quoted.or_else(|| origins.next())
    } else {
        None
    };
    origin.map(|(task, panic)| (task.as_str(), panic))
}

/// Leaves out what quoting adds to a text, however deep, or changes in it.
fn unquoted(text: &str) -> String {
    text.replace('\n', "n").replace(['\\', '"'], "")
}

fn panicked(task: &str, unseen: &str, panic: &PanicRecord) -> String {
    let at = panic.location.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
    format!("task {task} panicked{unseen}{at}: {}", panic.message)
}

/// Says in one sentence how an execution ended.
pub(crate) fn sentence(end: &End) -> String {
    match end {
        End::Deadlock(deadlock) => deadlock::sentence(deadlock),
        End::Completed => "the execution completed".to_owned(),
        End::Failed(failure) if failure.kind == FailureKind::ReturnedError => failure.panic.message.clone(),
        End::Failed(failure) if failure.kind == FailureKind::Check => {
            let at = failure.panic.location.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
            format!("task {} violated the specification{at}: {}", failure.task, failure.panic.message)
        }
        End::Failed(failure) if failure.kind == FailureKind::Race => {
            format!("data race in task {}: {}", failure.task, failure.panic.message)
        }
        End::Failed(failure) if failure.kind == FailureKind::Leak => {
            format!("leak in task {}: {}", failure.task, failure.panic.message)
        }
        End::Failed(failure) => {
            let unseen = if failure.in_root { "" } else { " (and nobody joined it)" };
            panicked(&failure.task, unseen, &failure.panic)
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

pub(super) fn list(items: &[&str]) -> String {
    match items {
        [] => "no task".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] if rest.len() < 6 => format!("{} and {last}", rest.join(", ")),
        [first, second, third, ..] => format!("{first}, {second}, {third} and {} more", items.len() - 3),
        _ => items.join(" and "),
    }
}
