//! The timeline in the Trace Event format, which Perfetto and Chrome open.
//!
//! A step is a microsecond wide, because steps take no time: virtual time is an argument of each, and a counter.

use crate::json::{Value, object};
use crate::model::Recorded;

/// Returns the timeline as JSON.
pub fn timeline(recorded: &Recorded) -> String {
    let mut events = vec![object! {
        "name": "process_name", "ph": "M", "pid": 1_u32, "args": object! { "name": &recorded.test },
    }];
    for (at, task) in recorded.tasks.iter().enumerate() {
        events.push(object! {
            "name": "thread_name", "ph": "M", "pid": 1_u32, "tid": at, "args": object! { "name": &task.name },
        });
        events.push(object! {
            "name": "thread_sort_index", "ph": "M", "pid": 1_u32, "tid": at, "args": object! { "sort_index": at },
        });
    }
    let mut time = None;
    for (at, step) in recorded.steps.iter().enumerate() {
        events.push(object! {
            "name": recorded.step_in_words(step), "cat": "step", "ph": "X",
            "pid": 1_u32, "tid": step.task, "ts": at, "dur": 1_u32,
            "args": object! {
                "step": at + 1,
                "place": recorded.place_name(step.place),
                "source": recorded.line_at(step.place),
                "virtual time (ns)": step.time,
                "alternatives": step.alternatives,
            },
        });
        if let Some(held_up) = &step.preempted {
            events.push(object! {
                "name": format!("held up before {}", recorded.doing(&held_up.op, held_up.object)),
                "cat": "preemption", "ph": "i", "s": "t", "pid": 1_u32, "tid": held_up.task, "ts": at,
                "args": object! { "place": recorded.place_name(held_up.place) },
            });
        }
        if time != Some(step.time) {
            time = Some(step.time);
            events.push(counter(at, step.time));
        }
    }
    for (number, wake) in recorded.wakes.iter().enumerate() {
        flow(recorded, number, wake.after, wake.task, &mut events);
    }
    events.push(object! {
        "name": &recorded.end.message, "cat": "end", "ph": "i", "s": "p", "pid": 1_u32,
        "tid": recorded.end.task.unwrap_or(0), "ts": recorded.steps.len(),
    });
    object! { "traceEvents": events, "displayTimeUnit": "ms" }.to_string()
}

fn counter(at: usize, time: u64) -> Value {
    object! {
        "name": "virtual time (ms)", "ph": "C", "pid": 1_u32, "ts": at, "args": object! { "ms": time as f64 / 1e6 },
    }
}

/// An arrow from the step that woke a task to that task's next.
fn flow(recorded: &Recorded, number: usize, after: u32, task: u32, events: &mut Vec<Value>) {
    let Some(from) = (after as usize).checked_sub(1).filter(|&from| from < recorded.steps.len()) else {
        return;
    };
    let woken = recorded.steps[from + 1..].iter().position(|step| step.task == task);
    let Some(to) = woken.map(|at| from + 1 + at).filter(|_| recorded.steps[from].task != task) else {
        return;
    };
    let tasks = [(recorded.steps[from].task, from, "s"), (task, to, "f")];
    for (tid, ts, phase) in tasks {
        let event = object! {
            "name": "wakes", "cat": "wake", "ph": phase, "id": number, "pid": 1_u32, "tid": tid, "ts": ts as f64 + 0.5,
        };
        events.push(if phase == "f" { event.with("bp", "e") } else { event });
    }
}
