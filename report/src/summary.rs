//! The essence as JSON, for other programs: see `docs/src/recording.md`.

use serde_json::{Value, json};

use crate::causes::{self, Cause};
use crate::model::Recorded;

/// Returns the summary, one line of JSON.
pub fn json(recorded: &Recorded) -> String {
    let at = |place| match recorded.place(place) {
        Some(at) => json!({
            "file": recorded.files[at.file as usize].path, "line": at.line, "column": at.column,
        }),
        None => Value::Null,
    };
    let cause = |cause: &Cause| {
        let marks = cause.marks.iter().map(
            |mark| json!({ "place": at(Some(mark.place)), "label": mark.label, "primary": mark.is_primary }),
        );
        json!({ "headline": cause.headline, "places": marks.collect::<Vec<_>>() })
    };
    let causes = causes::all(recorded);
    let tasks = recorded.positions.iter().map(|position| {
        json!({
            "task": recorded.task_name(position.task),
            "state": position.state,
            "waits": position.on.iter().map(|on| causes::wish(recorded, on)).collect::<Vec<_>>(),
            "place": at(position.on.first().and_then(|on| on.place)),
        })
    });
    json!({
        "version": 1,
        "test": recorded.test,
        "end": recorded.end.kind,
        "is_bug": recorded.end.is_bug,
        "message": recorded.end.message,
        "task": recorded.end.task.map(|task| recorded.task_name(task)),
        "place": at(recorded.end.place),
        "reproduced": recorded.end.reproduced,
        "strategy": recorded.search.strategy,
        "seed": recorded.search.seed,
        "iteration": recorded.search.iteration,
        "steps": recorded.steps.len(),
        "preemptions": recorded.preemptions().count(),
        "causes": causes.iter().map(cause).collect::<Vec<_>>(),
        "tasks": tasks.collect::<Vec<_>>(),
        "replay": recorded.replay.command,
        "uncontrolled": recorded.uncontrolled,
    })
    .to_string()
}
