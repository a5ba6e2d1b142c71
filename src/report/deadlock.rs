//! A deadlock in words.

use coyote_engine::{Awaits, Deadlock, OpKind, Starved, Unpolled, Waiting, WaitingOn};

use super::headline::list;

/// Says what kind of deadlock it is, in a sentence, and in a line each what keeps it from being resolved.
pub(super) fn sentence(deadlock: &Deadlock) -> String {
    let lost = lost_wakeup(deadlock);
    let mut text = match (deadlock.starved.first(), futurelock(deadlock)) {
        (Some(starved), _) => starvation(starved),
        (None, Some((waiting, on, first))) => {
            let object = on.object.as_deref().and_then(|object| object.split(" (").next());
            let whose = if first.task == waiting.task { "its own".to_owned() } else { first.task.clone() };
            let (task, object) = (&waiting.task, object.unwrap_or("something"));
            format!(
                "futurelock: task {task} waits for {object}, kept for a future of {whose} that is not being polled"
            )
        }
        (None, None) if deadlock.cycle.len() == 1 => {
            format!("deadlock: {} waits for itself", deadlock.cycle[0])
        }
        (None, None) if !deadlock.cycle.is_empty() => {
            format!("deadlock: {} wait for each other", deadlock.cycle.join(" and "))
        }
        (None, None) if lost.is_some() => {
            let task = lost.unwrap_or_default();
            return format!("lost wake-up: {task} {NO_WAKER}") + &notes(deadlock, Some(task));
        }
        (None, None) => {
            let tasks: Vec<&str> = deadlock.waiting.iter().map(|waiting| &*waiting.task).collect();
            let verb = if tasks.len() == 1 { "waits" } else { "wait" };
            format!("deadlock: {} {verb}, and nothing can run any more", list(&tasks))
        }
    };
    text.push_str(&notes(deadlock, None));
    text
}

/// What is wrong with a task that nobody can wake.
const NO_WAKER: &str = "can never be woken: its future returned `Pending` without keeping its waker";

fn starvation(starved: &Starved) -> String {
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

/// Returns the task without a waker that is to blame: the root, or one that it joins.
fn lost_wakeup(deadlock: &Deadlock) -> Option<&str> {
    let without: Vec<&str> = deadlock
        .waiting
        .iter()
        .filter(|waiting| waiting.without_waker)
        .map(|waiting| &*waiting.task)
        .collect();
    let root = deadlock.waiting.first()?;
    let joined = |task: &&&str| {
        let joins = |on: &WaitingOn| on.op == OpKind::Join.name() && on.object.as_deref() == Some(**task);
        root.on.iter().any(joins)
    };
    let is_root = without.first() == Some(&&*root.task);
    if is_root { Some(&root.task) } else { without.iter().find(joined).copied() }
}

/// Says, in a line each, what keeps a task from giving back what others wait for, and which cannot be woken.
fn notes(deadlock: &Deadlock, said: Option<&str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for waiting in &deadlock.waiting {
        if waiting.without_waker && said != Some(&waiting.task) {
            lines.push(format!("{} {NO_WAKER}", waiting.task));
        }
        for on in &waiting.on {
            let object = on.object.as_deref().and_then(|object| object.split(" (").next()).unwrap_or("it");
            for holder in &on.holders {
                let (task, taken) = (&holder.task, holder.taken);
                let line = match holder.awaits {
                    Awaits::Across(at) if holder.task != waiting.task => {
                        let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
                        format!("{task} keeps {object}, locked at {taken}, across an .await{at}")
                    }
                    Awaits::Nothing => format!(
                        "{task} took {object} at {taken} and has ended without giving it back: its guard was leaked, \
                         or passed on"
                    ),
                    _ if holder.task == waiting.task => format!("{task} has {object} itself, since {taken}"),
                    _ => continue,
                };
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
        }
    }
    lines.iter().map(|line| format!("\n  {line}")).collect()
}

fn names(tasks: &[String]) -> String {
    list(&tasks.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Returns the first wait for something that is kept for a future that nobody polls.
fn futurelock(deadlock: &Deadlock) -> Option<(&Waiting, &WaitingOn, &Unpolled)> {
    let waits = deadlock.waiting.iter().flat_map(|waiting| waiting.on.iter().map(move |on| (waiting, on)));
    waits.filter_map(|(waiting, on)| Some((waiting, on, on.first_in_line.as_ref()?))).next()
}
