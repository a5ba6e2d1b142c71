//! Workflow commands that mark the places of a failure in a pull request.

use std::fmt::Write;

use crate::causes;
use crate::model::{Index, Recorded};

/// At most so many places besides that of the failure: the service shows no more than ten of a step.
const PLACES: usize = 6;

/// Returns the commands: an error where it failed, and a warning at each place that explains it.
pub fn annotations(recorded: &Recorded) -> String {
    let mut text = String::new();
    let title = format!("coyote: {}", recorded.test);
    command(recorded, "error", recorded.end.place, &title, &recorded.end.message, &mut text);
    let causes = causes::all(recorded);
    for mark in causes.iter().flat_map(|cause| &cause.marks).take(PLACES) {
        command(recorded, "warning", Some(mark.place), &title, &mark.label(), &mut text);
    }
    text
}

fn command(
    recorded: &Recorded,
    level: &str,
    place: Option<Index>,
    title: &str,
    message: &str,
    text: &mut String,
) {
    let mut properties = String::new();
    if let Some(at) = recorded.place(place) {
        let path = &recorded.files[at.file as usize].path;
        let _ = write!(properties, "file={},line={},col={},", property(path), at.line, at.column);
    }
    let _ = writeln!(text, "::{level} {properties}title={}::{}", property(title), data(message));
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
