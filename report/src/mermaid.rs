//! A sequence diagram: tasks and objects, and what they do to each other, as Mermaid draws it in Markdown.

use std::fmt::Write;

use crate::model::{Index, Recorded, Step};

/// At most so many steps: beyond, no diagram is legible.
const SHOWN: usize = 150;

/// Returns the diagram of the last steps before the end.
pub fn sequence(recorded: &Recorded) -> String {
    let is_told = |step: &&Step| !step.is_dull() && !step.is_marker();
    let steps: Vec<&Step> = recorded.steps.iter().filter(is_told).collect();
    let skipped = steps.len().saturating_sub(SHOWN);
    let steps = &steps[skipped..];
    let mut text = String::from("sequenceDiagram\n");
    let mut tasks: Vec<Index> = Vec::new();
    let mut objects: Vec<Index> = Vec::new();
    for step in steps {
        if !tasks.contains(&step.task) {
            tasks.push(step.task);
        }
        if let Some(object) = step.object {
            match recorded.objects[object as usize].task {
                Some(task) if !tasks.contains(&task) => tasks.push(task),
                None if !objects.contains(&object) => objects.push(object),
                _ => {}
            }
        }
    }
    tasks.sort_unstable();
    for &task in &tasks {
        let _ = writeln!(text, "  participant t{task} as {}", plain(recorded.task_name(task)));
    }
    for &object in &objects {
        let _ = writeln!(text, "  participant o{object} as {}", plain(recorded.object_name(object)));
    }
    if let (true, Some(first)) = (skipped > 0, tasks.first()) {
        let _ = writeln!(text, "  Note over t{first}: {skipped} steps before these");
    }
    for step in steps {
        if let Some(held_up) = step.preempted.as_ref().filter(|held_up| tasks.contains(&held_up.task)) {
            let before = recorded.doing(&held_up.op, held_up.object);
            let _ = writeln!(text, "  Note over t{}: held up before {}", held_up.task, plain(&before));
        }
        let to = match step.object {
            Some(object) => match recorded.objects[object as usize].task {
                Some(task) => format!("t{task}"),
                None => format!("o{object}"),
            },
            None => format!("t{}", step.task),
        };
        let _ = writeln!(text, "  t{}->>{to}: {}", step.task, plain(&step.op_in_words()));
    }
    if let Some(at) = recorded.end.task.filter(|task| tasks.contains(task)).or(tasks.first().copied()) {
        let message = recorded.end.message.lines().next().unwrap_or_default();
        let _ = writeln!(text, "  Note over t{at}: {}", plain(message));
    }
    text
}

/// Takes out what the language gives a meaning to.
fn plain(text: &str) -> String {
    text.replace(['#', ';'], " ").replace('"', "'").replace(['\n', '<', '>'], " ")
}
