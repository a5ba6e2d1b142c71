//! The first screen.

use std::fmt::Write;

use super::Style;
use crate::causes::{self, Cause};
use crate::model::{Index, Position, Readiness, Recorded};
use crate::snippet;
use crate::view::{duration, shorten};

/// At most so many parts of the explanation come with their source; of the others there is a line.
const CAUSES: usize = 3;
/// More preemptions than this explain nothing.
const MANY: usize = 8;
/// At most so many tasks are listed.
const TASKS: usize = 8;
/// At most so many lines of a message are shown.
const MESSAGE: usize = 8;

pub(super) fn screen(recorded: &Recorded, style: Style) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "\n{}", message(recorded, style));
    for (name, value) in &recorded.end.context {
        let _ = writeln!(text, "  {name} = {value}");
    }
    other_panics(recorded, &mut text);
    stack(recorded, &mut text);
    let causes = explanation(recorded, style, &mut text);
    cast(recorded, &causes, style, &mut text);
    positions(recorded, style, &mut text);
    for warning in &recorded.warnings {
        let _ = writeln!(text, "\n{warning}");
    }
    reproduction(recorded, style, &mut text);
    uncontrolled(recorded, style, &mut text);
    text
}

fn message(recorded: &Recorded, style: Style) -> String {
    let mut lines = recorded.end.message.lines();
    let mut text = style.red(lines.next().unwrap_or_default());
    for line in lines.by_ref().take(MESSAGE) {
        text.push('\n');
        text.push_str(line);
    }
    if lines.next().is_some() {
        text.push_str("\n  …");
    }
    text
}

fn other_panics(recorded: &Recorded, text: &mut String) {
    let failed = recorded.panics.iter().position(|panic| Some(panic.task) == recorded.end.task);
    for (at, panic) in recorded.panics.iter().enumerate() {
        if Some(panic.task) == recorded.end.task {
            continue;
        }
        let name = recorded.task_name(panic.task);
        let place = recorded.place_name(panic.place);
        let place = if place.is_empty() { place } else { format!(" at {place}") };
        let said = panic.message.lines().next().unwrap_or_default();
        let when = if failed.is_none_or(|failed| at < failed) { "before that, " } else { "" };
        let too = if when.is_empty() { ", too" } else { "" };
        let _ = writeln!(text, "  {when}task {name} panicked{too}{place}: {said}");
    }
}

fn stack(recorded: &Recorded, text: &mut String) {
    if !recorded.end.stack.is_empty() {
        let _ = writeln!(text, "\n  its stack, innermost first:");
        for frame in recorded.end.stack.iter().take(12) {
            let _ = writeln!(text, "    {frame}");
        }
    }
}

/// Writes the explanation: who waits for whom, then what it takes to get there. Returns the tasks that it has
/// told everything about.
fn explanation(recorded: &Recorded, style: Style, text: &mut String) -> Vec<Cause> {
    if recorded.steps.is_empty() {
        return Vec::new();
    }
    let mut all = causes::waits(recorded);
    if !all.is_empty() {
        let _ = writeln!(text, "\n{}", style.bold("who waits for what:"));
        show(recorded, &all, |_| "- ".to_owned(), style, text);
    }
    for starved in &recorded.starved {
        let names = |tasks: &[Index]| {
            let names: Vec<&str> = tasks.iter().take(6).map(|&task| recorded.task_name(task)).collect();
            names.join(", ") + if tasks.len() > 6 { ", …" } else { "" }
        };
        let _ = writeln!(
            text,
            "- {} of {} workers are blocked, by {}; ready, without a worker: {}",
            starved.blocked.len(),
            starved.workers,
            names(&starved.blocked),
            names(&starved.ready)
        );
    }
    let preemptions = causes::preemptions(recorded);
    let heading = match preemptions.len() {
        0 => "no task has to be held up: each runs until it waits, yields or ends".to_owned(),
        1 => "it takes one preemption:".to_owned(),
        n @ 2..=MANY => format!("it takes {n} preemptions:"),
        n => format!("tasks are held up {n} times; of these, the last:"),
    };
    let _ = writeln!(text, "\n{}", style.bold(&heading));
    // Of many, the last ones are nearest to the failure.
    let skipped = if preemptions.len() > MANY { preemptions.len() - CAUSES } else { 0 };
    show(recorded, &preemptions[skipped..], |at| format!("{}. ", skipped + at + 1), style, text);
    if preemptions.is_empty() && all.is_empty() {
        let orders = causes::orders(recorded);
        show(recorded, &orders, |_| "- ".to_owned(), style, text);
        all.extend(orders);
    }
    all.extend(preemptions);
    all
}

fn show(
    recorded: &Recorded,
    causes: &[Cause],
    number: impl Fn(usize) -> String,
    style: Style,
    text: &mut String,
) {
    for (at, cause) in causes.iter().enumerate() {
        if at == MANY {
            let _ = writeln!(text, "  … and {} more", causes.len() - at);
            break;
        }
        let _ = writeln!(text, "{}{}", number(at), cause.headline);
        if at < CAUSES {
            text.push_str(&snippet::render(recorded, &cause.marks, style));
        } else {
            for mark in cause.marks.iter().filter(|mark| mark.is_primary) {
                let place = recorded.place_name(Some(mark.place));
                let line = recorded.line_at(Some(mark.place)).unwrap_or_default();
                let _ = writeln!(text, "   {place}  {line}");
            }
        }
    }
}

/// Says where the tasks and objects were created that the explanation speaks of.
fn cast(recorded: &Recorded, causes: &[Cause], style: Style, text: &mut String) {
    let said: Vec<&str> = causes
        .iter()
        .flat_map(|cause| {
            std::iter::once(cause.headline.as_str()).chain(cause.marks.iter().map(|m| &*m.label))
        })
        .collect();
    let speaks_of = |name: &str| said.iter().any(|text| names(text, name));
    let tasks = recorded.tasks.iter().skip(2).map(|task| (&task.name, task.spawned, "spawned"));
    let objects = recorded.objects.iter().filter(|object| object.task.is_none());
    let objects = objects.map(|object| (&object.name, object.created, "created"));
    let rows: Vec<[String; 3]> = tasks
        .chain(objects)
        .filter(|(name, place, _)| place.is_some() && speaks_of(name))
        .take(TASKS)
        .map(|(name, place, how)| {
            let line = recorded.line_at(place).unwrap_or_default().to_owned();
            [name.clone(), format!("{how} at {}", recorded.place_name(place)), line]
        })
        .collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "\n{}", style.bold("who is who:"));
        text.push_str(&table(&rows, "  ", style));
    }
}

/// Returns whether a text names this, and not something whose name only begins like it.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let after = text[at + name.len()..].chars().next();
        !after.is_some_and(|c| c == '/' || c == ':' || c.is_alphanumeric())
    })
}

/// One line per task: where it was, and what it waits for.
fn positions(recorded: &Recorded, style: Style, text: &mut String) {
    // What the tasks of a deadlock wait for has been said.
    let is_told = |position: &Position| {
        recorded.end.kind == "deadlock"
            && position.state == Readiness::Waits
            && (recorded.cycle.is_empty() || recorded.cycle.contains(&position.task))
    };
    let mut left: Vec<&Position> = recorded.positions.iter().filter(|position| !is_told(position)).collect();
    let ended = recorded.tasks.len().saturating_sub(1 + recorded.positions.len());
    if left.is_empty() || (left.len() == 1 && recorded.tasks.len() == 2) {
        return;
    }
    left.sort_by_key(|position| rank(recorded, position));
    let rows: Vec<[String; 4]> = left
        .iter()
        .take(TASKS)
        .map(|position| {
            let on = position.on.first().cloned().unwrap_or_default();
            let what = match position.state {
                _ if has_panicked(recorded, position) => "panicked".to_owned(),
                Readiness::Waits => format!("waits {}", causes::wish(recorded, &on)),
                Readiness::Ready => format!("next: {}", recorded.doing(&on.op, on.object)),
                Readiness::Ended => "ended".to_owned(),
            };
            let place = if has_panicked(recorded, position) { recorded.end.place } else { on.place };
            let name = recorded.task_name(position.task).to_owned();
            let line = recorded.line_at(place).unwrap_or_default().to_owned();
            [name, what, recorded.place_name(place), line]
        })
        .collect();
    let _ = writeln!(text, "\n{}", style.bold("where the tasks are:"));
    text.push_str(&table(&rows, "  ", style));
    let more = left.len().saturating_sub(TASKS);
    match (more, ended) {
        (0, 0) => {}
        (0, ended) => {
            let _ = writeln!(text, "  {}", count(ended, "task has ended", "tasks have ended"));
        }
        (more, ended) => {
            let _ = writeln!(text, "  {more} more that have not ended, {ended} that have");
        }
    }
}

fn has_panicked(recorded: &Recorded, position: &Position) -> bool {
    recorded.end.kind == "failed" && recorded.end.task == Some(position.task)
}

/// The one that failed first, then those in the circle, then those that wait.
fn rank(recorded: &Recorded, position: &Position) -> u8 {
    match position.state {
        _ if Some(position.task) == recorded.end.task => 0,
        _ if recorded.cycle.contains(&position.task) => 1,
        Readiness::Waits => 2,
        Readiness::Ready => 3,
        Readiness::Ended => 4,
    }
}

fn reproduction(recorded: &Recorded, style: Style, text: &mut String) {
    if let Some(command) = &recorded.replay.command {
        let _ = writeln!(text, "\n{}\n  {command}", style.bold("replay it with:"));
        if let Some(short) = recorded.replay.short.as_ref().filter(|short| short.len() <= 400) {
            let _ = writeln!(text, "  or, without the file, with COYOTE_REPLAY={short}");
        }
    }
    let mut last = None;
    for (file, what) in &recorded.replay.files {
        let what = if what.is_empty() { String::new() } else { format!(" ({what})") };
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        // The first with its path; of the others the ending is enough.
        let ending = last.and_then(|(in_folder, stem): (&str, &str)| {
            (in_folder == folder).then(|| name.strip_prefix(stem)).flatten()
        });
        match ending {
            Some(ending) => {
                let _ = write!(text, "{}", style.dim(&format!(", {ending}{what}")));
            }
            None => {
                if last.is_some() {
                    text.push('\n');
                }
                let _ = write!(text, "  {}", style.dim(&format!("wrote {file}{what}")));
                last = Some((folder, name.rsplit_once('.').map_or(name, |(stem, _)| stem)));
            }
        }
    }
    if last.is_some() {
        text.push('\n');
    }
    if let Some(shrunk) = &recorded.shrunk {
        let _ = writeln!(
            text,
            "  shrunk from {} to {} in {} executions; {}",
            count(shrunk.preemptions_before as usize, "preemption", "preemptions"),
            recorded.preemptions().count(),
            shrunk.executions,
            duration(shrunk.elapsed / 1_000_000 * 1_000_000),
        );
    }
}

fn uncontrolled(recorded: &Recorded, style: Style, text: &mut String) {
    if !recorded.uncontrolled.is_empty() {
        let _ = writeln!(text, "\n{}", style.bold("not under control:"));
        for note in &recorded.uncontrolled {
            let _ = writeln!(text, "  {note}");
        }
    }
}

/// Returns "1 thing" or "2 things".
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Lays out rows in columns; the last one is the source, in a fainter colour.
pub(crate) fn table<const N: usize>(rows: &[[String; N]], indent: &str, style: Style) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            if at + 1 == N {
                line.push_str(&if cell.is_empty() { String::new() } else { style.dim(cell) });
            } else {
                let _ = write!(line, "{cell:width$}  ");
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Returns a frame's place, shortened.
pub(super) fn short_place(place: &str) -> String {
    shorten(place)
}
