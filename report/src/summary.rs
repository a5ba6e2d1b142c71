//! The essence as JSON, for other programs: see `docs/src/recording.md`.

use crate::causes::{self, Cause};
use crate::json::{Value, object};
use crate::model::Recorded;

/// Returns the summary, one line of JSON.
pub fn json(recorded: &Recorded) -> String {
    let at = |place: Option<crate::model::Index>| match recorded.place(place) {
        Some(at) => object! {
            "file": &recorded.files[at.file as usize].path, "line": at.line, "column": at.column,
        },
        None => Value::Null,
    };
    let cause = |cause: &Cause| {
        let marks = cause.marks.iter().map(
            |mark| object! { "place": at(Some(mark.place)), "label": mark.label(), "primary": mark.is_primary },
        );
        object! { "headline": &cause.headline, "places": marks.collect::<Vec<_>>() }
    };
    let causes = causes::all(recorded);
    let tasks = recorded.positions.iter().map(|position| {
        object! {
            "task": recorded.task_name(position.task),
            "state": position.state,
            "waits": position.on.iter().map(|on| causes::wish(recorded, on)).collect::<Vec<_>>(),
            "place": at(position.on.first().and_then(|on| on.place)),
        }
    });
    object! {
        "version": 1_u32,
        "test": &recorded.test,
        "end": &recorded.end.kind,
        "is_bug": recorded.end.is_bug,
        "message": &recorded.end.message,
        "task": recorded.end.task.map(|task| recorded.task_name(task)),
        "place": at(recorded.end.place),
        "reproduced": recorded.end.reproduced,
        "strategy": &recorded.search.strategy,
        "seed": recorded.search.seed,
        "iteration": recorded.search.iteration,
        "steps": recorded.steps.len(),
        "preemptions": recorded.preemptions().count(),
        "causes": causes.iter().map(cause).collect::<Vec<_>>(),
        "tasks": tasks.collect::<Vec<_>>(),
        "replay": recorded.replay.command.as_ref(),
        "uncontrolled": recorded.uncontrolled.iter().collect::<Vec<_>>(),
    }
    .to_string()
}
