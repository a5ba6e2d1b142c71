//! The first screen.

use std::borrow::Cow;
use std::fmt::Write;

use super::{Style, actors, explanation};
use crate::causes::{self, Cause};
use crate::model::{Index, Panic, Position, Readiness, Recorded, passes_on};
use crate::view::{duration, shorten};

/// At most so many tasks are listed.
const TASKS: usize = 8;
/// At most so many tasks are named to which a panic was passed on.
const PASSED_ON: usize = 3;
/// Lines are meant to be no longer, but for source that is.
pub(super) const COLUMNS: usize = 100;
/// Of source in a table at least so much is shown.
const LEAST: usize = 24;
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
    let causes = explanation::write(recorded, style, &mut text);
    cast(recorded, &causes, style, &mut text);
    actors::at_the_end(recorded, style, &mut text);
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

/// Tells of the panics that are not what the headline is about; of those that only pass another on, where they were.
fn other_panics(recorded: &Recorded, text: &mut String) {
    let failed = recorded.panics.iter().position(|panic| Some(panic.task) == recorded.end.task);
    let mut passed_on = Vec::new();
    for (at, panic) in recorded.panics.iter().enumerate().filter(|&(at, _)| Some(at) != failed) {
        let name = recorded.task_name(panic.task);
        let place = recorded.place_name(panic.place);
        let place = if place.is_empty() { place } else { format!(" at {place}") };
        if passes_on(&panic.message) {
            passed_on.push(format!("{name}{place}"));
            continue;
        }
        let said = clipped(panic.message.lines().next().unwrap_or_default(), COLUMNS);
        let (before, too) = match failed {
            Some(failed) if at > failed => ("", ", too,"),
            _ => ("before that, ", ""),
        };
        let _ = writeln!(text, "  {before}task {name} panicked{too}{place}: {said}");
    }
    for (at, to) in passed_on.iter().enumerate().take(PASSED_ON) {
        let which = if at == 0 { "which was passed on to" } else { "and to" };
        let _ = writeln!(text, "  {which} {to}");
    }
    if passed_on.len() > PASSED_ON {
        let _ = writeln!(text, "  and to {} more", passed_on.len() - PASSED_ON);
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

/// Says where the tasks and objects were created that the explanation speaks of.
fn cast(recorded: &Recorded, causes: &[Cause], style: Style, text: &mut String) {
    let said: Vec<&str> = causes
        .iter()
        .flat_map(|cause| {
            let labels = cause.marks.iter().flat_map(|mark| &mark.labels).map(String::as_str);
            std::iter::once(cause.headline.as_str()).chain(labels)
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
            [name.clone(), format!("{how} at {}", recorded.place_in_table(place)), line]
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
    // Nor is it news that an actor waits for events.
    let is_idle = |position: &Position| {
        let on = position.on.first().filter(|_| position.state == Readiness::Waits);
        on.and_then(|on| on.object).is_some_and(|object| causes::is_inbox(recorded, object))
    };
    let left = recorded.positions.iter().filter(|position| !is_told(position) && !is_idle(position));
    let mut left: Vec<&Position> = left.collect();
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
            let panic = panic_of(recorded, position.task);
            let what = match position.state {
                _ if panic.is_some() => "panicked".to_owned(),
                Readiness::Waits => format!("waits {}", causes::wish(recorded, &on)),
                Readiness::Ready if on.op == "resume" => "can go on".to_owned(),
                Readiness::Ready if on.op == "start" => "has not begun".to_owned(),
                Readiness::Ready => format!("next: {}", recorded.doing(&on.op, on.object)),
                Readiness::Ended => "ended".to_owned(),
            };
            let place = panic.map_or(on.place, |panic| panic.place);
            let name = recorded.task_name(position.task).to_owned();
            let line = recorded.line_at(place).unwrap_or_default().to_owned();
            [name, what, recorded.place_in_table(place), line]
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

fn panic_of(recorded: &Recorded, task: Index) -> Option<&Panic> {
    recorded.panics.iter().find(|panic| panic.task == task)
}

/// The one that failed first, then those in the circle, then those that wait.
fn rank(recorded: &Recorded, position: &Position) -> u8 {
    match position.state {
        _ if Some(position.task) == recorded.end.task => 0,
        _ if panic_of(recorded, position.task).is_some() => 1,
        _ if recorded.cycle.contains(&position.task) => 2,
        Readiness::Waits => 3,
        Readiness::Ready => 4,
        Readiness::Ended => 5,
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

/// Lays out rows in columns for the console; the last one is the source, in a fainter colour, as much of it as there
/// is room for.
pub(super) fn table<const N: usize>(rows: &[[String; N]], indent: &str, style: Style) -> String {
    table_within(rows, indent, style, COLUMNS)
}

/// Lays out rows in columns; the last one is cut at so many characters from the left.
pub(crate) fn table_within<const N: usize>(
    rows: &[[String; N]],
    indent: &str,
    style: Style,
    columns: usize,
) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let used = indent.len() + widths[..N - 1].iter().map(|width| width + 2).sum::<usize>();
    let mut text = String::new();
    for row in rows {
        let mut line = indent.to_owned();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            if at + 1 == N {
                let room = columns.saturating_sub(used).max(LEAST);
                line.push_str(&if cell.is_empty() { String::new() } else { style.dim(&clipped(cell, room)) });
            } else {
                let _ = write!(line, "{cell:width$}  ");
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Cuts what is longer than so many characters.
fn clipped(text: &str, room: usize) -> Cow<'_, str> {
    match text.char_indices().nth(room) {
        Some(_) => {
            let kept: String = text.chars().take(room.saturating_sub(1)).collect();
            Cow::Owned(kept.trim_end().to_owned() + "…")
        }
        None => Cow::Borrowed(text),
    }
}

/// Returns a frame's place, shortened.
pub(super) fn short_place(place: &str) -> String {
    shorten(place)
}
