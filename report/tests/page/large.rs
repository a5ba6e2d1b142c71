//! A recording of any size: workers that take a lock, send and sleep.

use coyote_report::{
    Access, End, File, Object, ObjectState, On, Place, Position, Preempted, Readiness, Recorded, Run, Search,
    Step, Task, TaskState, VERSION, Wake,
};

const OPS: [(&str, Access, u32); 6] = [
    ("lock", Access::Acquire, 0),
    ("load", Access::Read, 2),
    ("store", Access::Write, 2),
    ("unlock", Access::Release, 0),
    ("send", Access::Write, 1),
    ("sleep", Access::None, u32::MAX),
];

pub(crate) fn recorded(steps: u32, tasks: u32) -> Recorded {
    let mut made = Recorded {
        version: VERSION,
        test: "large::workers_keep_count".to_owned(),
        end: End {
            kind: "failed".to_owned(),
            is_bug: true,
            message: "task main/7 panicked at src/workers.rs:41:9: an item was counted twice".to_owned(),
            task: Some(8),
            place: Some(3),
            reproduced: true,
            ..End::default()
        },
        search: Search { strategy: "surw".to_owned(), seed: 7, iteration: 812, ..Search::default() },
        ..Recorded::default()
    };
    let lines =
        (1..=80).map(|line| format!("    let line_{line} = queue.lock().await; // what a worker does"));
    let run = Run { first: 1, lines: lines.collect() };
    made.files.push(File { path: "src/workers.rs".to_owned(), runs: vec![run] });
    made.places = (0..60).map(|line| Place { file: 0, line: line + 10, column: 20 }).collect();
    made.tasks.push(Task { name: "clock".to_owned(), ..Task::default() });
    made.tasks.push(Task { name: "main".to_owned(), spawned: Some(0), ..Task::default() });
    for task in 1..tasks {
        made.tasks.push(Task {
            name: format!("main/{task}"),
            parent: Some(1),
            spawned: Some(1),
            is_thread: false,
        });
    }
    for object in 0..50 {
        let kind = ["Mutex", "mpsc channel", "Atomic"][object % 3];
        made.objects.push(Object {
            name: format!("{kind} main:{}", object + 1),
            created: Some(2),
            task: None,
        });
    }
    let mut random = 1_u64;
    let mut draw = |n: u32| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as u32 % n
    };
    let (mut task, mut time) = (1, 0);
    for at in 0..steps {
        let mut preempted = None;
        if draw(4) == 0 {
            let next = 1 + draw(tasks);
            if draw(40) == 0 && next != task {
                preempted = Some(Preempted { task, op: "store".to_owned(), object: Some(2), place: Some(5) });
            }
            made.task_states.push(TaskState { after: at, task, state: Readiness::Waits });
            made.task_states.push(TaskState { after: at, task: next, state: Readiness::Ready });
            made.wakes.push(Wake { after: at.max(1), task: next });
            task = next;
        }
        let (op, access, kind) = OPS[draw(6) as usize];
        let object = (kind != u32::MAX).then(|| kind + 3 * draw(16));
        if let Some(object) = object.filter(|_| access != Access::Read) {
            let mut state = ObjectState { after: at + 1, object, ..ObjectState::default() };
            if kind == 0 {
                state.owner = (access == Access::Acquire).then_some(task);
            }
            if kind == 0 && draw(3) == 0 {
                state.arrived.push(1 + draw(tasks));
            }
            made.object_states.push(state);
        }
        time += if op == "sleep" { u64::from(draw(3)) * 1_000_000 } else { 0 };
        made.steps.push(Step {
            task,
            op: op.to_owned(),
            text: None,
            object,
            access,
            place: Some(draw(60)),
            time,
            alternatives: 1 + draw(tasks),
            index: draw(tasks),
            preempted,
        });
    }
    for task in 1..=tasks.min(150) {
        let on = On {
            op: "lock".to_owned(),
            object: Some(0),
            place: Some(4),
            held_by: vec![8],
            first_in_line: None,
        };
        made.positions.push(Position { task, state: Readiness::Waits, on: vec![on] });
    }
    made
}
