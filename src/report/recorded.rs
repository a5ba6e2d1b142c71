//! From the engine's recording to the model that is rendered and kept.

use std::collections::BTreeMap;

use coyote_engine::{
    Ability, Access as Touch, Deadlock, End, FailureKind, Holding, ObjectId, Observed, Op, OpKind,
    RecordedStep, Recording,
};
use coyote_report::{
    Access, File, Index, Object, ObjectState, On, Panic, Place, Position, Preempted, Readiness, Recorded,
    Replay, Search, Shrunk, Starved, Step, Task, TaskState, Unpolled, VERSION, Wake,
};

use super::source::Sources;
use super::{Bug, Report, origin, text};
use crate::report::{actors, backtrace};

/// The bit of an object's number that makes it a task.
const TASK_OBJECT: u32 = 1 << 31;

/// Returns what happened in the execution that failed, for renderers.
pub(super) fn recorded(report: &Report, bug: &Bug) -> Recorded {
    let recorded = Recorded {
        version: VERSION,
        test: report.test.clone(),
        search: search(report, bug),
        replay: replay(report, bug),
        shrunk: bug.shrinking.as_ref().map(|(original, shrinking)| Shrunk {
            preemptions_before: shrinking.preemptions_before as u32,
            executions: shrinking.executions,
            elapsed: nanoseconds(shrinking.elapsed),
            original: original
                .decisions
                .iter()
                .map(|decision| (decision.task.clone(), decision.op.clone()))
                .collect(),
        }),
        output: String::from_utf8_lossy(&bug.recording.output).into_owned(),
        uncontrolled: report.uncontrolled.clone(),
        warnings: text::warnings(report, bug),
        ..Recorded::default()
    };
    let mut builder = Builder { recorded, ..Builder::default() };
    builder.happened(&bug.recording);
    builder.end(bug);
    builder.sources(report);
    builder.recorded
}

/// Returns what happened in an execution, without the source.
pub(crate) fn happened(recording: &Recording) -> Recorded {
    let recorded = Recorded { version: VERSION, ..Recorded::default() };
    let mut builder = Builder { recorded, ..Builder::default() };
    builder.happened(recording);
    builder.recorded
}

fn search(report: &Report, bug: &Bug) -> Search {
    Search {
        strategy: bug.trace.strategy.clone(),
        seed: report.seed,
        iteration: bug.trace.iteration,
        executions: report.statistics.iterations,
        classes: report.statistics.classes,
        points: report.statistics.total_steps,
        elapsed: nanoseconds(report.statistics.elapsed),
        lines: text::statistics(report),
    }
}

fn replay(report: &Report, bug: &Bug) -> Replay {
    let repeats = bug.reproduced || report.replay.is_some();
    let files = report.files.iter();
    Replay {
        command: report.replay_command.clone().filter(|_| repeats),
        short: bug.has_trace.then(|| bug.trace.to_short()),
        files: files.map(|(path, what)| (path.display().to_string(), (*what).to_owned())).collect(),
    }
}

fn nanoseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[derive(Default)]
struct Builder {
    recorded: Recorded,
    places: BTreeMap<(Index, u32, u32), Index>,
    files: BTreeMap<String, Index>,
    /// Where an object that is a task is in the table.
    task_objects: BTreeMap<Index, Index>,
    /// Where each task was last in the program.
    last_places: BTreeMap<u32, Index>,
}

impl Builder {
    fn happened(&mut self, recording: &Recording) {
        self.tables(&recording.observed);
        recording.steps.iter().for_each(|step| self.step(step));
        self.changes(&recording.observed);
        self.recorded.actors = actors::follow(&recording.observed.actors);
    }

    fn tables(&mut self, observed: &Observed) {
        self.recorded.tasks.push(Task { name: "clock".to_owned(), ..Task::default() });
        for task in &observed.tasks {
            let spawned = self.location(task.spawned);
            self.recorded.tasks.push(Task {
                name: task.name.clone(),
                parent: (task.parent != 0).then_some(task.parent),
                spawned: Some(spawned),
                is_thread: task.is_thread,
            });
        }
        for object in &observed.objects {
            let created = object.created.map(|at| self.location(at));
            self.recorded.objects.push(Object { name: object.name.clone(), created, task: None });
        }
    }

    /// Returns the index of a task, which is its number, making sure that it is in the table.
    fn task(&mut self, task: u32, name: &str) -> Index {
        while self.recorded.tasks.len() <= task as usize {
            self.recorded.tasks.push(Task { name: "?".to_owned(), ..Task::default() });
        }
        let known = &mut self.recorded.tasks[task as usize];
        if known.name == "?" {
            name.clone_into(&mut known.name);
        }
        task
    }

    fn task_called(&self, name: &str) -> Option<Index> {
        self.recorded.tasks.iter().position(|task| task.name == name).map(|at| at as Index)
    }

    fn object(&mut self, object: ObjectId, name: Option<&str>) -> Option<Index> {
        if object == ObjectId::NONE {
            return None;
        }
        let name = name.unwrap_or("?");
        if object.0 & TASK_OBJECT != 0 {
            let task = self.task(object.0 & !TASK_OBJECT, name);
            let objects = &mut self.recorded.objects;
            let name = &self.recorded.tasks[task as usize].name;
            return Some(*self.task_objects.entry(task).or_insert_with(|| {
                objects.push(Object { name: name.clone(), created: None, task: Some(task) });
                objects.len() as Index - 1
            }));
        }
        let at = object.0 - 1;
        if self.task_objects.is_empty() {
            while self.recorded.objects.len() <= at as usize {
                self.recorded.objects.push(Object { name: "?".to_owned(), ..Object::default() });
            }
        }
        let known = self.recorded.objects.get_mut(at as usize)?;
        if known.name == "?" {
            name.clone_into(&mut known.name);
        }
        Some(at)
    }

    fn step(&mut self, step: &RecordedStep) {
        let preempted = step.preempted.as_ref().map(|held_up| Preempted {
            task: self.task(held_up.task_id, &held_up.task),
            op: held_up.kind.name().to_owned(),
            object: self.object(held_up.object_id, None),
            place: self.parsed(&held_up.location),
        });
        // The clock ticks at no place of the program's.
        let place = if step.kind == OpKind::Tick { None } else { self.parsed(&step.location) };
        let place = self.own_place(step.task_id, step.kind, place);
        let step = Step {
            task: self.task(step.task_id, &step.task),
            op: step.kind.name().to_owned(),
            object: self.object(step.object_id, step.object.as_deref()),
            text: step.object.clone().filter(|_| step.kind == OpKind::Note),
            access: access(step.access),
            place,
            time: step.time,
            alternatives: step.alternatives,
            index: step.index,
            preempted,
        };
        self.recorded.steps.push(step);
    }

    fn changes(&mut self, observed: &Observed) {
        let mut last: BTreeMap<Index, &Holding> = BTreeMap::new();
        let nobody = Holding::default();
        for state in &observed.object_states {
            let Some(object) = self.object(state.object, None) else { continue };
            let now = &state.holding;
            let before = last.insert(object, now).unwrap_or(&nobody);
            self.recorded.object_states.push(ObjectState {
                after: state.after as u32,
                object,
                owner: now.owner,
                took: without(&now.sharers, &before.sharers),
                gave: without(&before.sharers, &now.sharers),
                arrived: without(&now.waiting, &before.waiting),
                left: without(&before.waiting, &now.waiting),
            });
        }
        self.recorded.task_states = observed
            .task_states
            .iter()
            .map(|&(after, task, ability)| TaskState { after: after as u32, task, state: readiness(ability) })
            .collect();
        self.recorded.wakes =
            observed.wakes.iter().map(|&(after, task)| Wake { after: after as u32, task }).collect();
        for position in &observed.positions {
            let task = position.task;
            let on = position.on.iter().map(|(op, held_by)| self.on(task, *op, held_by)).collect();
            let state = readiness(position.ability);
            self.recorded.positions.push(Position { task: position.task, state, on });
        }
    }

    fn on(&mut self, task: u32, op: Op, held_by: &[u32]) -> On {
        let place = Some(self.location(op.location()));
        On {
            op: op.kind().name().to_owned(),
            object: self.object(op.object(), None),
            place: self.own_place(task, op.kind(), place),
            held_by: held_by.to_vec(),
            first_in_line: None,
        }
    }

    fn end(&mut self, bug: &Bug) {
        let end = &mut self.recorded.end;
        bug.end.kind().clone_into(&mut end.kind);
        end.is_bug = bug.end.is_bug();
        end.message = bug.message();
        end.reproduced = bug.reproduced;
        let task = match &bug.end {
            End::Failed(failure) => {
                end.context.clone_from(&failure.context);
                self.recorded.end.place = failure.panic.location.as_ref().and_then(|at| self.parsed(at));
                // The root of a test that returned an error has not failed anywhere.
                Some(&failure.task).filter(|_| failure.kind != FailureKind::ReturnedError)
            }
            End::Stuck { task, stack, .. } => {
                self.recorded.end.stack.clone_from(stack);
                Some(task)
            }
            End::Crashed { task, .. } => Some(task),
            End::Deadlock(deadlock) => {
                self.deadlock(deadlock);
                None
            }
            _ => None,
        };
        self.recorded.end.task = task.and_then(|name| self.task_called(name));
        if let Some((task, panic)) = origin(&bug.end, &bug.recording) {
            self.recorded.end.task = self.task_called(task);
            self.recorded.end.place = panic.location.as_ref().and_then(|at| self.parsed(at));
        }
        let mut frames = backtrace::by_task(&bug.recording.observed.backtraces);
        for (name, panic) in &bug.recording.panics {
            let Some(task) = self.task_called(name) else { continue };
            let place = panic.location.as_ref().and_then(|at| self.parsed(at));
            let frames = frames.remove(&task).unwrap_or_default();
            self.recorded.panics.push(Panic { task, message: panic.message.clone(), place, frames });
        }
        let panicked = self.recorded.panics.iter().map(|panic| panic.task);
        for task in self.recorded.end.task.into_iter().chain(panicked).collect::<Vec<_>>() {
            if self.recorded.positions.iter().all(|at| at.task != task) {
                self.recorded.positions.push(Position { task, state: Readiness::Ended, on: Vec::new() });
            }
        }
    }

    fn deadlock(&mut self, deadlock: &Deadlock) {
        let called = |builder: &Self, names: &[String]| -> Vec<Index> {
            names.iter().filter_map(|name| builder.task_called(name)).collect()
        };
        self.recorded.cycle = called(self, &deadlock.cycle);
        for starved in &deadlock.starved {
            let (blocked, ready) = (called(self, &starved.blocked), called(self, &starved.ready));
            self.recorded.starved.push(Starved { workers: starved.workers, blocked, ready });
        }
        for waiting in &deadlock.waiting {
            let Some(task) = self.task_called(&waiting.task) else { continue };
            for on in &waiting.on {
                let Some(first) = &on.first_in_line else { continue };
                let place = Some(self.location(on.location));
                let first = Unpolled {
                    task: self.task_called(&first.task).unwrap_or(task),
                    place: Some(self.location(first.location)),
                };
                let mine = self.recorded.positions.iter_mut().filter(|position| position.task == task);
                let known = mine
                    .flat_map(|position| &mut position.on)
                    .find(|known| known.op == on.op && known.place == place);
                if let Some(known) = known {
                    known.first_in_line = Some(first);
                }
            }
        }
    }

    /// Adds the lines of the source around each place.
    fn sources(&mut self, report: &Report) {
        let sources = Sources::new(report.source_root.as_deref());
        let mut lines: Vec<Vec<u32>> = vec![Vec::new(); self.recorded.files.len()];
        for place in &self.recorded.places {
            lines[place.file as usize].push(place.line);
        }
        for (file, lines) in self.recorded.files.iter_mut().zip(lines) {
            file.runs = sources.runs(&file.path, lines);
        }
    }

    /// Returns the place at which a task does something; if an instrumented `.await` polls for it in our own code,
    /// that of the `.await`.
    fn own_place(&mut self, task: u32, kind: OpKind, place: Option<Index>) -> Option<Index> {
        if kind == OpKind::Resume {
            // It goes on where it was.
            return self.last_places.get(&task).copied().or(place);
        }
        let file = self.recorded.places[place? as usize].file;
        let path = &self.recorded.files[file as usize].path;
        if path == crate::instrument::FILE {
            return self.last_places.get(&task).copied();
        }
        // The standard library's drop glue: nothing that the reader has written.
        if path.starts_with("/rustc/") {
            return None;
        }
        self.last_places.insert(task, place?);
        place
    }

    fn location(&mut self, at: &'static std::panic::Location<'static>) -> Index {
        self.at(at.file(), at.line(), at.column())
    }

    /// Returns the index of a place written as `file:line:column`.
    fn parsed(&mut self, place: &str) -> Option<Index> {
        let mut parts = place.rsplitn(3, ':');
        let column = parts.next()?.parse().ok()?;
        let line = parts.next()?.parse().ok()?;
        Some(self.at(parts.next()?, line, column))
    }

    fn at(&mut self, path: &str, line: u32, column: u32) -> Index {
        let files = &mut self.recorded.files;
        let file = match self.files.get(path) {
            Some(&file) => file,
            None => {
                files.push(File { path: path.to_owned(), runs: Vec::new() });
                self.files.insert(path.to_owned(), files.len() as Index - 1);
                files.len() as Index - 1
            }
        };
        let places = &mut self.recorded.places;
        *self.places.entry((file, line, column)).or_insert_with(|| {
            places.push(Place { file, line, column });
            places.len() as Index - 1
        })
    }
}

/// Returns what is in one list and not in the other, each as often as it is there more.
fn without(list: &[u32], other: &[u32]) -> Vec<u32> {
    let mut other = other.to_vec();
    let mut is_left = |task: &u32| match other.iter().position(|known| known == task) {
        Some(at) => {
            other.swap_remove(at);
            false
        }
        None => true,
    };
    list.iter().copied().filter(|task| is_left(task)).collect()
}

fn access(touch: Touch) -> Access {
    match touch {
        Touch::None => Access::None,
        Touch::Read => Access::Read,
        Touch::Write => Access::Write,
        Touch::Acquire => Access::Acquire,
        Touch::Release => Access::Release,
    }
}

fn readiness(ability: Ability) -> Readiness {
    match ability {
        Ability::Ready => Readiness::Ready,
        Ability::Waits => Readiness::Waits,
        Ability::Ended => Readiness::Ended,
    }
}
