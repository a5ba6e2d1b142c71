//! Names in words, and the full recording of one replay.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{CLOCK, Execution, Observed, ROOT, TASK_OBJECT};
use crate::op::{Access, ObjectId, Op, OpKind, TaskId};
use crate::panics::PanicRecord;

/// How many executions of this process are recorded now.
static RECORDED: AtomicUsize = AtomicUsize::new(0);

/// Returns whether any execution of this process is recorded now, so that it is worth asking the one here. Costs a
/// load.
#[inline]
pub fn is_any_recorded() -> bool {
    RECORDED.load(Ordering::Relaxed) > 0
}

/// Counts an execution as recorded until dropped.
pub(super) struct Recorded(());

impl Recorded {
    pub(super) fn begin() -> Recorded {
        RECORDED.fetch_add(1, Ordering::Relaxed);
        Recorded(())
    }
}

impl Drop for Recorded {
    fn drop(&mut self) {
        RECORDED.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One step of a recorded execution.
#[derive(Clone, Debug)]
pub struct RecordedStep {
    /// The task that ran, or drew the value.
    pub task: String,
    /// Its number.
    pub task_id: TaskId,
    /// What it did.
    pub kind: OpKind,
    /// The object it did that to.
    pub object: Option<String>,
    /// The object's number.
    pub object_id: ObjectId,
    /// Where in the program.
    pub location: String,
    /// How many alternatives there were; 1 if none but this.
    pub alternatives: u32,
    /// Which alternative was taken, in canonical order.
    pub index: u32,
    /// The virtual time in nanoseconds.
    pub time: u64,
    /// What was held up, if the step switched away from another task that could have gone on and had not
    /// asked to let others run: a *preemption*.
    pub preempted: Option<Preempted>,
    /// How the object was touched.
    pub access: Access,
    /// Stands for the task's creation path, and is the same in every execution; 0 for the clock.
    pub task_key: u64,
    /// Stands for the object's creation path, and is the same in every execution; 0 if there is none.
    pub object_key: u64,
    /// The objects that a resumed task waited for, by key, and so looks at again.
    pub waited_for: Vec<(u64, Access)>,
}

/// A task that was held up, and what it was about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preempted {
    /// The task.
    pub task: String,
    /// Its number.
    pub task_id: TaskId,
    /// The kind of the operation.
    pub kind: OpKind,
    /// The number of its object.
    pub object_id: ObjectId,
    /// The operation, with its object, in words.
    pub op: String,
    /// The place of the operation.
    pub location: String,
}

/// Everything that happened in one execution.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// The steps, in order.
    pub steps: Vec<RecordedStep>,
    /// Which tasks were woken by others, as their [`RecordedStep::task_key`], each after how many steps.
    pub wakes: Vec<(usize, u64)>,
    /// What else there is to know; empty unless that was asked for.
    pub observed: Observed,
    /// What the program wrote to its standard output and error.
    pub output: Vec<u8>,
    /// Which tasks panicked, in the order in which they began to, and with what; joined ones, and those whose tasks
    /// were still unwinding at the end, too.
    pub panics: Vec<(String, PanicRecord)>,
}

impl Execution {
    /// Returns a task's name: its creation path, and its own name if it was given one.
    pub fn task_name(&self, task: TaskId) -> String {
        if task == CLOCK {
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
    pub(super) fn record_step(
        &self,
        task: TaskId,
        op: Op,
        alternatives: u32,
        index: u32,
        preempted: Option<(TaskId, Op)>,
    ) {
        if !self.recording.get() {
            return;
        }
        if self.observing.get() {
            self.observe(Some(op));
        }
        let object = (op.object() != ObjectId::NONE).then(|| self.object_name(op.object()));
        let mut step = self.step(task, op, object);
        (step.alternatives, step.index) = (alternatives, index);
        step.preempted = preempted.map(|(task, op)| Preempted {
            task: self.task_name(task),
            task_id: task,
            kind: op.kind(),
            object_id: op.object(),
            op: self.describe_op(op),
            location: op.location().to_string(),
        });
        if op.is(OpKind::Resume) {
            step.waited_for = self.waits_of(task);
        }
        self.push_step(task, step);
    }

    /// Returns a step that was no decision.
    fn step(&self, task: TaskId, op: Op, object: Option<String>) -> RecordedStep {
        RecordedStep {
            task: self.task_name(task),
            task_id: task,
            kind: op.kind(),
            object,
            object_id: op.object(),
            location: op.location().to_string(),
            alternatives: 1,
            index: 0,
            time: self.now.get(),
            preempted: None,
            access: op.access(),
            task_key: self.path_hash(task),
            object_key: self.object_key(op.object()),
            waited_for: Vec::new(),
        }
    }

    fn push_step(&self, task: TaskId, step: RecordedStep) {
        self.cold(|cold| {
            cold.recorded.steps.push(step);
            let at = task as usize;
            if cold.steps_of.len() <= at {
                cold.steps_of.resize(at + 1, 0);
            }
            cold.steps_of[at] += 1;
        });
    }

    fn waits_of(&self, task: TaskId) -> Vec<(u64, Access)> {
        let ops: Vec<Op> = self.task(task).waits.with(|waits| waits.iter().map(|wait| wait.op).collect());
        ops.into_iter().map(|op| (self.object_key(op.object()), op.access())).collect()
    }

    /// Adds a wake-up to the recording.
    #[cold]
    pub(super) fn record_wake(&self, task: TaskId) {
        if self.observing.get() {
            self.observe_wake(task);
        }
        let key = self.path_hash(task);
        self.cold(|cold| cold.recorded.wakes.push((cold.recorded.steps.len(), key)));
    }

    /// Returns how many steps of a task were recorded so far; 0 if nothing is recorded.
    pub(crate) fn steps_of(&self, task: TaskId) -> u32 {
        self.if_cold(|cold| cold.steps_of.get(task as usize).copied().unwrap_or(0))
    }

    /// Returns a number that stands for an object's creation path; 0 if it is none.
    pub(crate) fn object_key(&self, object: ObjectId) -> u64 {
        if object == ObjectId::NONE {
            return 0;
        }
        if object.0 & TASK_OBJECT != 0 {
            return self.path_hash(object.0 & !TASK_OBJECT);
        }
        let rec = self.object_rec(object);
        super::point::path_hash(self.path_hash(rec.creator.get()), rec.ordinal.get(), 0x006f_626a)
    }

    /// Returns whether everything that happens is kept.
    pub fn is_recording(&self) -> bool {
        self.recording.get() && self.is_running()
    }

    /// Adds a note to the recording, if there is one, after the steps so far.
    pub fn note(&self, location: &'static std::panic::Location<'static>, text: impl FnOnce() -> String) {
        if self.is_recording() {
            let current = self.current.get();
            self.push_step(current, self.step(current, Op::local(OpKind::Note, location), Some(text())));
        }
    }

    /// The same, at a place that is known as text only: `file:line:column`.
    pub fn note_at(&self, location: String, text: String) {
        if self.is_recording() {
            let current = self.current.get();
            let here = Op::local(OpKind::Note, std::panic::Location::caller());
            let step = RecordedStep { location, ..self.step(current, here, Some(text)) };
            self.push_step(current, step);
        }
    }

    /// Takes what the program writes to its standard output or error.
    pub(crate) fn output(&self, _fd: i32, bytes: &[u8]) {
        if self.recording.get() {
            self.cold(|cold| cold.recorded.output.extend_from_slice(bytes));
        }
    }
}
