//! What follows the first screen.

use std::fmt::Write;

use super::Style;
use super::first::{COLUMNS, short_place, table_within};
use crate::model::{Recorded, Step};
use crate::view::duration;

/// The last steps before the end, as many as there is room for.
pub(super) fn end_of_interleaving(recorded: &Recorded, room: usize, style: Style) -> String {
    let mut text = String::new();
    let is_told = |step: &&Step| step.object.is_some() || step.preempted.is_some() || !step.is_marker();
    let steps: Vec<&Step> = telling(recorded).into_iter().filter(is_told).collect();
    if steps.is_empty() {
        return text;
    }
    let skipped = if steps.len() > room { steps.len() - (room - 1) } else { 0 };
    let _ = writeln!(text, "\n{}", style.bold("the interleaving:"));
    if skipped > 0 {
        let _ = writeln!(text, "  … {skipped} steps before these; the .txt file has all");
    }
    text.push_str(&interleaving(recorded, &steps[skipped..], style, COLUMNS));
    text
}

/// What the program wrote, the last of it.
pub(super) fn end_of_output(recorded: &Recorded, room: usize, style: Style) -> String {
    let mut text = String::new();
    if recorded.output.trim().is_empty() {
        return text;
    }
    let lines: Vec<&str> = recorded.output.lines().collect();
    let skipped = if lines.len() > room { lines.len() - (room - 1) } else { 0 };
    let _ = writeln!(text, "\n{}", style.bold("the program's own output:"));
    if skipped > 0 {
        let _ = writeln!(text, "  … {skipped} lines before these; the .txt file has all");
    }
    for line in &lines[skipped..] {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// Everything.
pub(super) fn all(recorded: &Recorded, style: Style) -> String {
    let mut text = String::new();
    backtraces(recorded, &mut text);
    let steps = telling(recorded);
    if !steps.is_empty() {
        let _ = writeln!(text, "\nthe interleaving:\n{}", interleaving(recorded, &steps, style, usize::MAX));
    }
    objects(recorded, &mut text);
    if !recorded.output.trim().is_empty() {
        let _ = writeln!(text, "\nthe program's own output:");
        for line in recorded.output.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
    if let Some(shrunk) = recorded.shrunk.as_ref().filter(|shrunk| !shrunk.original.is_empty()) {
        let _ = writeln!(text, "\nthe decisions as they were found:");
        let rows: Vec<[String; 2]> =
            shrunk.original.iter().map(|(task, op)| [task.clone(), op.clone()]).collect();
        text.push_str(&table_within(&rows, "  ", Style::Plain, usize::MAX));
    }
    if let Some(short) = &recorded.replay.short {
        let _ = writeln!(text, "\nCOYOTE_REPLAY={short}");
    }
    text
}

fn backtraces(recorded: &Recorded, text: &mut String) {
    for panic in recorded.panics.iter().filter(|panic| !panic.frames.is_empty()) {
        let name = recorded.task_name(panic.task);
        let said = panic.message.lines().next().unwrap_or_default();
        let _ = writeln!(text, "\n{name} panicked: {said}");
        for frame in &panic.frames {
            let place = frame.place.as_deref().map(short_place).unwrap_or_default();
            let _ = writeln!(text, "  {}  {place}", frame.function);
        }
    }
}

fn objects(recorded: &Recorded, text: &mut String) {
    let known = recorded.objects.iter().filter(|object| object.created.is_some());
    let rows: Vec<[String; 3]> = known
        .map(|object| {
            let line = recorded.line_at(object.created).unwrap_or_default().to_owned();
            [object.name.clone(), recorded.place_name(object.created), line]
        })
        .collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "where the objects were created:");
        text.push_str(&table_within(&rows, "  ", Style::Plain, usize::MAX));
    }
}

/// The steps that say something.
fn telling(recorded: &Recorded) -> Vec<&Step> {
    recorded.steps.iter().filter(|step| !step.is_dull()).collect()
}

/// A table: task, operation, place, source line. A task's name is written where the schedule comes to it, and what it
/// does several times in a row, once.
fn interleaving(recorded: &Recorded, steps: &[&Step], style: Style, columns: usize) -> String {
    let mut last = None;
    let mut time = 0;
    let rows: Vec<[String; 4]> = steps
        .chunk_by(|one, next| is_again(one, next))
        .map(|same| {
            let step = same[0];
            let name = if last == Some(step.task) { "" } else { recorded.task_name(step.task) };
            last = Some(step.task);
            let mut what = recorded.step_in_words(step);
            if step.time != time {
                time = step.time;
                let _ = write!(what, " at {}", duration(time));
            }
            if step.preempted.is_some() {
                what.push_str(" (preempts)");
            }
            if same.len() > 1 {
                let _ = write!(what, " ({} times)", same.len());
            }
            let line = recorded.line_at(step.place).unwrap_or_default().to_owned();
            [name.to_owned(), what, recorded.place_in_table(step.place), line]
        })
        .collect();
    table_within(&rows, "  ", style, columns)
}

/// Returns whether a step says nothing but what the one before it says.
fn is_again(one: &Step, next: &Step) -> bool {
    let said = |step: &Step| (step.task, step.object, step.place, step.time, step.op_in_words());
    next.preempted.is_none() && said(one) == said(next) && one.text == next.text
}
