//! What happened in one execution, as plain data that can be written to a file and read again.
//!
//! Tasks, objects, places and files are tables; everything else names their entries by index. The format
//! is described in `docs/src/recording.md`, and has a [`VERSION`].

use serde::{Deserialize, Serialize};

/// The version of the format. Others are refused.
pub const VERSION: u32 = 1;

/// An index into one of the tables of a [`Recorded`].
pub type Index = u32;

/// One recorded execution that failed, and what is known around it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recorded {
    /// [`VERSION`].
    pub version: u32,
    /// The test's full name.
    pub test: String,
    /// How it ended.
    pub end: End,
    /// How it was found.
    pub search: Search,
    /// How to see it again.
    pub replay: Replay,
    /// What the schedule was before it was shrunk, if it was.
    pub shrunk: Option<Shrunk>,
    /// Source files, with the lines around every place.
    pub files: Vec<File>,
    /// Places in the program.
    pub places: Vec<Place>,
    /// Tasks, in order of creation. The first is the clock, the second the root.
    pub tasks: Vec<Task>,
    /// Objects that tasks share, in order of their first use.
    pub objects: Vec<Object>,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// Which tasks were woken, in order.
    pub wakes: Vec<Wake>,
    /// How the objects changed, in order.
    pub object_states: Vec<ObjectState>,
    /// When tasks could not go on, and could again, in order.
    pub task_states: Vec<TaskState>,
    /// Where each task was when the execution ended.
    pub positions: Vec<Position>,
    /// Tasks that wait for each other in a circle.
    pub cycle: Vec<Index>,
    /// Runtimes that starve themselves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starved: Vec<Starved>,
    /// Panics, in order.
    pub panics: Vec<Panic>,
    /// Actors, machines and monitors.
    pub actors: Vec<Actor>,
    /// What the program wrote to its standard output and error.
    pub output: String,
    /// What was not under control, in words.
    pub uncontrolled: Vec<String>,
    /// What else a reader has to know, a paragraph each: that the failure does not repeat, for one.
    pub warnings: Vec<String>,
}

/// How an execution ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct End {
    /// `failed`, `deadlock`, `livelock`, `stuck`, `crashed`, …
    pub kind: String,
    /// Whether that is a bug in the program under test.
    pub is_bug: bool,
    /// What went wrong, in a sentence; more lines may follow.
    pub message: String,
    /// The task it happened to, if it was one.
    pub task: Option<Index>,
    /// Where, if known.
    pub place: Option<Index>,
    /// What the check that failed has said besides: names and values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(String, String)>,
    /// The stack of a task that was stuck, innermost frame first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stack: Vec<String>,
    /// Whether repeating the decisions gave the same execution again.
    pub reproduced: bool,
}

/// How an execution was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Search {
    /// The strategy of this execution.
    pub strategy: String,
    /// The seed of the exploration.
    pub seed: u64,
    /// Which execution of the exploration it was, counting from 1.
    pub iteration: u64,
    /// Executions made in all.
    pub executions: u64,
    /// Distinct classes among them.
    pub classes: u64,
    /// Scheduling points of all of them.
    pub points: u64,
    /// Real time, in nanoseconds.
    pub elapsed: u64,
    /// The numbers in words, a line each.
    pub lines: Vec<String>,
}

/// How to see an execution again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Replay {
    /// A command.
    pub command: Option<String>,
    /// The trace as a short string.
    pub short: Option<String>,
    /// The files written beside this one, each with what it is if its name does not say it.
    pub files: Vec<(String, String)>,
}

/// A schedule that was made simpler.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shrunk {
    /// The preemptions of the schedule as it was found.
    pub preemptions_before: u32,
    /// The executions it took.
    pub executions: u32,
    /// Real time, in nanoseconds.
    pub elapsed: u64,
    /// The decisions of the schedule as it was found: task and operation, in words.
    pub original: Vec<(String, String)>,
}

/// A source file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Its path, as the compiler knew it.
    pub path: String,
    /// What of it is shown: runs of lines.
    pub runs: Vec<Run>,
}

/// Lines of a file that follow each other.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The number of the first line, counting from 1.
    pub first: u32,
    /// The lines.
    pub lines: Vec<String>,
}

/// A place in the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: Index,
    /// The line, counting from 1.
    pub line: u32,
    /// The column, counting characters from 1.
    pub column: u32,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Task {
    /// Its creation path, and the name it was given in quotes, if it was given one.
    pub name: String,
    /// The task that created it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Index>,
    /// Where it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spawned: Option<Index>,
    /// Whether it stands for a thread.
    #[serde(skip_serializing_if = "is_false")]
    pub is_thread: bool,
}

/// An object that tasks share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    /// What it is, and its creation path.
    pub name: String,
    /// Where it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Index>,
    /// The task it stands for, if it is what joins of that look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<Index>,
}

/// How an operation touches its object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Not so that others could see it.
    #[default]
    None,
    /// Observes it.
    Read,
    /// Changes it.
    Write,
    /// Takes it.
    Acquire,
    /// Gives it back.
    Release,
}

/// One operation of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Whose.
    pub task: Index,
    /// Its name.
    pub op: String,
    /// What it says, if it is a note: an event of `tracing`, of an actor or a monitor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it was done to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Index>,
    /// How that was touched.
    #[serde(skip_serializing_if = "is_none")]
    pub access: Access,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Index>,
    /// The virtual time, in nanoseconds.
    #[serde(skip_serializing_if = "is_zero")]
    pub time: u64,
    /// How many could have been next; 1 if nothing was to be decided.
    pub alternatives: u32,
    /// Which of them was, in order of creation; or the value drawn.
    #[serde(skip_serializing_if = "is_0")]
    pub index: u32,
    /// Who was held up by this: could have gone on, and had not asked to let others run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preempted: Option<Preempted>,
}

/// A task that was held up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preempted {
    /// The task.
    pub task: Index,
    /// What it was about to do.
    pub op: String,
    /// To what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Index>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Index>,
}

/// A wake-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// How many steps had been made: the step before that number caused it.
    pub after: u32,
    /// The task that was woken.
    pub task: Index,
}

/// How an object changed at a step. Of many holders and waiters, only the change is told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectState {
    /// How many steps had been made.
    pub after: u32,
    /// The object.
    pub object: Index,
    /// The task that has it to itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Index>,
    /// The tasks that share it from now on, one entry per guard or permit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub took: Vec<Index>,
    /// The tasks that shared it until now, one entry per guard or permit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub gave: Vec<Index>,
    /// The tasks that wait at it from now on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arrived: Vec<Index>,
    /// The tasks that waited at it until now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Index>,
}

/// What a task can do from a step on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskState {
    /// How many steps had been made.
    pub after: u32,
    /// The task.
    pub task: Index,
    /// Whether it can go on, waits, or has ended.
    pub state: Readiness,
}

/// Whether a task can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Readiness {
    /// It can.
    #[default]
    Ready,
    /// It waits.
    Waits,
    /// It has ended.
    Ended,
}

/// Where a task was when the execution ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Position {
    /// The task.
    pub task: Index,
    /// Whether it could have gone on.
    pub state: Readiness,
    /// What it would have done next, or waits to do: one of these.
    pub on: Vec<On>,
}

/// Something that a task waits for, or is about to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct On {
    /// The operation's name.
    pub op: String,
    /// Its object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Index>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Index>,
    /// Who has the object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held_by: Vec<Index>,
    /// If nobody has it, but it is kept for a future that its task does not poll: that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_in_line: Option<Unpolled>,
}

/// A future that waits, and is not polled by the task that it is part of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unpolled {
    /// The task.
    pub task: Index,
    /// Where it began to wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Index>,
}

/// A runtime all of whose workers are blocked, while tasks are ready.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Starved {
    /// How many workers it has.
    pub workers: u32,
    /// The tasks that block them.
    pub blocked: Vec<Index>,
    /// The tasks that get no worker.
    pub ready: Vec<Index>,
}

/// A panic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Panic {
    /// Whose.
    pub task: Index,
    /// What it said.
    pub message: String,
    /// Where.
    pub place: Option<Index>,
    /// The program's own frames, innermost first: function and place.
    pub frames: Vec<Frame>,
}

/// Returns whether a panic's message only says that another task has panicked, which was joined or held a lock.
pub fn passes_on(message: &str) -> bool {
    let words = ["PoisonError", "Err` value: Any {", "JoinError::Panic", "panicked with message"];
    words.iter().any(|word| message.contains(word))
}

/// A frame of a backtrace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Frame {
    /// The function.
    pub function: String,
    /// `file:line`, where known.
    pub place: Option<String>,
}

/// An actor, a state machine or a monitor.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Actor {
    /// Its name.
    pub name: String,
    /// `actor`, `machine` or `monitor`.
    pub kind: String,
    /// The name of its type.
    pub machine: String,
    /// Pairs of state and event for which it declares that it acts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<(String, String)>,
    /// What it did with events, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<ActorEvent>,
    /// What became of it, in order.
    pub states: Vec<ActorState>,
}

/// What an actor did with an event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorEvent {
    /// How many steps had been made.
    pub after: u32,
    /// The state it was in; empty if it has none.
    pub state: String,
    /// `handles`, `receives` in the middle of a handler, `sends`; or `enters` a state.
    pub did: String,
    /// The event's name, or that of the state.
    pub event: String,
    /// To whom it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// What an actor looks like from a step on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActorState {
    /// How many steps had been made.
    pub after: u32,
    /// Its state's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The events in its inbox, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inbox: Vec<String>,
    /// Whether it is a monitor in a hot state.
    #[serde(skip_serializing_if = "is_false")]
    pub is_hot: bool,
    /// The event it handles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handles: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_zero(value: &u64) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_0(value: &u32) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_none(value: &Access) -> bool {
    *value == Access::None
}
