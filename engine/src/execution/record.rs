//! Names in words, and the full recording of one replay.

use super::{Execution, ROOT, TASK_OBJECT};
use crate::op::{ObjectId, Op, OpKind, TaskId};
use crate::panics::PanicRecord;

/// One step of a recorded execution.
#[derive(Clone, Debug)]
pub struct RecordedStep {
    /// The task that ran, or drew the value.
    pub task: String,
    /// What it did.
    pub kind: OpKind,
    /// The object it did that to.
    pub object: Option<String>,
    /// Where in the program.
    pub location: String,
    /// How many alternatives there were; 1 if none but this.
    pub alternatives: u32,
    /// Which alternative was taken, in canonical order.
    pub index: u32,
    /// The virtual time in nanoseconds.
    pub time: u64,
    /// Whether the step switched from another task that could have gone on.
    pub preempts: bool,
}

/// Everything that happened in one execution.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The steps, in order.
    pub steps: Vec<RecordedStep>,
    /// What the program wrote to its standard output and error.
    pub output: Vec<u8>,
    /// Which tasks panicked, in order, and with what; joined ones, too.
    pub panics: Vec<(String, PanicRecord)>,
}

impl Execution {
    /// Returns a task's name: its creation path, and its own name if it was given one.
    pub fn task_name(&self, task: TaskId) -> String {
        if task == 0 {
            return "clock".to_owned();
        }
        let path = self.task_path(task);
        match self.task(task).name.with(|name| name.clone()) {
            Some(name) => format!("{path} \"{name}\""),
            None => path,
        }
    }

    /// Returns the name that a task was given by the user, if it was given one.
    pub fn given_name(&self, task: TaskId) -> Option<std::rc::Rc<str>> {
        self.task(task).name.with(|name| name.clone())
    }

    /// Returns where a task was created.
    pub fn created_at(&self, task: TaskId) -> &'static std::panic::Location<'static> {
        self.task(task).spawned.get()
    }

    /// Returns the thread that runs the lane of the current task now, if that is a lane of width 1 which
    /// a thread runs in `block_on`.
    pub fn lane_thread(&self) -> Option<TaskId> {
        let lane = self.shared_thread()? as u32;
        Some(self.lane(lane).thread.get()).filter(|&thread| thread != 0)
    }

    /// Returns a task's creation path: `main`, `main/2`, `main/2/1`.
    pub fn task_path(&self, task: TaskId) -> String {
        let mut parts = Vec::new();
        let mut at = task;
        while at > ROOT {
            let rec = self.task(at);
            parts.push(rec.ordinal.get().to_string());
            at = rec.parent.get();
        }
        parts.push("main".to_owned());
        parts.reverse();
        parts.join("/")
    }

    /// Returns where a task was created.
    pub fn task_location(&self, task: TaskId) -> String {
        self.task(task).spawned.get().to_string()
    }

    /// Returns an object's name: what it is, and its creation path.
    pub fn object_name(&self, object: ObjectId) -> String {
        if object.0 & TASK_OBJECT != 0 {
            return self.task_name(object.0 & !TASK_OBJECT);
        }
        let rec = self.object_rec(object);
        format!("{} {}:{}", rec.kind.get(), self.task_path(rec.creator.get()), rec.ordinal.get())
    }

    /// Returns where an object was created, if known.
    pub fn object_location(&self, object: ObjectId) -> Option<String> {
        if object == ObjectId::NONE || object.0 & TASK_OBJECT != 0 {
            return None;
        }
        self.object_rec(object).created.get().map(ToString::to_string)
    }

    /// Returns an operation in words, without its place.
    pub(crate) fn describe_op(&self, op: Op) -> String {
        match op.object() {
            ObjectId::NONE => op.kind().name().to_owned(),
            object => format!("{} {}", op.kind().name(), self.object_name(object)),
        }
    }

    /// Adds a decision, or a step without one, to the recording.
    pub(super) fn record_step(&self, task: TaskId, op: Op, alternatives: u32, index: u32, preempts: bool) {
        if !self.recording.get() {
            return;
        }
        let step = RecordedStep {
            task: self.task_name(task),
            kind: op.kind(),
            object: (op.object() != ObjectId::NONE).then(|| self.object_name(op.object())),
            location: op.location().to_string(),
            alternatives,
            index,
            time: self.now.get(),
            preempts,
        };
        self.cold(|cold| cold.recorded.steps.push(step));
    }

    /// Returns whether everything that happens is kept.
    pub fn is_recording(&self) -> bool {
        self.recording.get() && self.is_running()
    }

    /// Adds a note to the recording, if there is one, after the steps so far.
    pub fn note(&self, location: &'static std::panic::Location<'static>, text: impl FnOnce() -> String) {
        if self.is_recording() {
            let (kind, object, location) = (OpKind::Note, Some(text()), location.to_string());
            let (alternatives, index, preempts) = (1, 0, false);
            let (task, time) = (self.task_name(self.current.get()), self.now.get());
            let step = RecordedStep { task, kind, object, location, alternatives, index, time, preempts };
            self.cold(|cold| cold.recorded.steps.push(step));
        }
    }

    /// Takes what the program writes to its standard output or error.
    pub(crate) fn output(&self, _fd: i32, bytes: &[u8]) {
        if self.recording.get() {
            self.cold(|cold| cold.recorded.output.extend_from_slice(bytes));
        }
    }
}
