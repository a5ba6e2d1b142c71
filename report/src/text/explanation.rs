//! Who waits for whom, and what it takes to get there, with the lines of the source.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Style;
use crate::causes::{self, Cause};
use crate::model::{Index, Recorded};
use crate::snippet;

/// At most so many parts of the explanation come with their source; of the others there is a line.
const CAUSES: usize = 3;
/// More preemptions than this explain nothing.
const MANY: usize = 8;
/// At most so many tasks are named at once.
const NAMES: usize = 6;

/// Writes the explanation. Returns what it has told.
pub(super) fn write(recorded: &Recorded, style: Style, text: &mut String) -> Vec<Cause> {
    if recorded.steps.is_empty() {
        return Vec::new();
    }
    let mut told = causes::waits(recorded);
    let mut writer = Writer { recorded, style, text, shown: BTreeSet::new() };
    if !told.is_empty() {
        writer.heading("who waits for what:");
        writer.causes(&told, |_| "- ".to_owned(), false);
    }
    writer.starved();
    let preemptions = causes::preemptions(recorded);
    writer.heading(&match preemptions.len() {
        0 => "no task has to be held up: each runs until it waits, yields or ends".to_owned(),
        1 => "it takes one preemption:".to_owned(),
        n @ 2..=MANY => format!("it takes {n} preemptions:"),
        n => format!("tasks are held up {n} times; of these, the last:"),
    });
    // Of many, the last ones are nearest to the failure.
    let skipped = if preemptions.len() > MANY { preemptions.len() - CAUSES } else { 0 };
    writer.causes(&preemptions[skipped..], |at| format!("{}. ", skipped + at + 1), true);
    if preemptions.is_empty() && told.is_empty() {
        told = causes::orders(recorded);
        writer.causes(&told, |_| "- ".to_owned(), false);
    }
    told.extend(preemptions);
    told
}

struct Writer<'a> {
    recorded: &'a Recorded,
    style: Style,
    text: &'a mut String,
    /// Lines of the source that were shown: file and number.
    shown: BTreeSet<(Index, u32)>,
}

impl Writer<'_> {
    fn heading(&mut self, words: &str) {
        let _ = writeln!(self.text, "\n{}", self.style.bold(words));
    }

    /// Writes causes, the first of them with their source; those that only retell others, unless all lines have been
    /// shown.
    fn causes(&mut self, causes: &[Cause], number: impl Fn(usize) -> String, is_retelling: bool) {
        for (at, cause) in causes.iter().enumerate() {
            if at == MANY {
                let _ = writeln!(self.text, "  … and {} more", causes.len() - at);
                break;
            }
            let _ = writeln!(self.text, "{}{}", number(at), cause.headline);
            let places = cause.marks.iter().filter_map(|mark| self.recorded.place(Some(mark.place)));
            let lines: Vec<(Index, u32)> = places.map(|at| (at.file, at.line)).collect();
            if is_retelling && !lines.is_empty() && lines.iter().all(|line| self.shown.contains(line)) {
                self.places(cause);
            } else if at < CAUSES {
                self.shown.extend(lines);
                self.text.push_str(&snippet::render(self.recorded, &cause.marks, self.style));
            } else {
                self.places(cause);
            }
        }
    }

    /// Writes the places that a cause is about, a line each.
    fn places(&mut self, cause: &Cause) {
        for mark in cause.marks.iter().filter(|mark| mark.is_primary) {
            let place = self.recorded.place_name(Some(mark.place));
            let line = self.recorded.line_at(Some(mark.place)).unwrap_or_default();
            let _ = writeln!(self.text, "   {place}  {line}");
        }
    }

    fn starved(&mut self) {
        for starved in &self.recorded.starved {
            let names = |tasks: &[Index]| {
                let names = tasks.iter().take(NAMES).map(|&task| self.recorded.task_name(task));
                names.collect::<Vec<_>>().join(", ") + if tasks.len() > NAMES { ", …" } else { "" }
            };
            let (blocked, ready) = (names(&starved.blocked), names(&starved.ready));
            let _ = writeln!(
                self.text,
                "- {} of {} workers are blocked, by {blocked}; ready, without a worker: {ready}",
                starved.blocked.len(),
                starved.workers,
            );
        }
    }
}
