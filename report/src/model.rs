//! What happened in one execution, as plain data that can be written to a file and read again.
//!
//! Tasks, objects, places and files are tables; everything else names their entries by index. The format
//! is described in `docs/src/recording.md`, and has a [`VERSION`].

use crate::json;

/// The version of the format. Others are refused.
pub const VERSION: u32 = 1;

/// An index into one of the tables of a [`Recorded`].
pub type Index = u32;

/// One recorded execution that failed, and what is known around it.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
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
    pub context: Vec<(String, String)>,
    /// The stack of a task that was stuck, innermost frame first.
    pub stack: Vec<String>,
    /// Whether repeating the decisions gave the same execution again.
    pub reproduced: bool,
}

/// How an execution was found.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    /// A command.
    pub command: Option<String>,
    /// The trace as a short string.
    pub short: Option<String>,
    /// The files written beside this one, each with what it is if its name does not say it.
    pub files: Vec<(String, String)>,
}

/// A schedule that was made simpler.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Its path, as the compiler knew it.
    pub path: String,
    /// What of it is shown: runs of lines.
    pub runs: Vec<Run>,
}

/// Lines of a file that follow each other.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The number of the first line, counting from 1.
    pub first: u32,
    /// The lines.
    pub lines: Vec<String>,
}

/// A place in the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: Index,
    /// The line, counting from 1.
    pub line: u32,
    /// The column, counting characters from 1.
    pub column: u32,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// Its creation path, and the name it was given in quotes, if it was given one.
    pub name: String,
    /// The task that created it.
    pub parent: Option<Index>,
    /// Where it was created.
    pub spawned: Option<Index>,
    /// Whether it stands for a thread.
    pub is_thread: bool,
}

/// An object that tasks share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// What it is, and its creation path.
    pub name: String,
    /// Where it was created.
    pub created: Option<Index>,
    /// The task it stands for, if it is what joins of that look at.
    pub task: Option<Index>,
}

/// How an operation touches its object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// Whose.
    pub task: Index,
    /// Its name.
    pub op: String,
    /// What it says, if it is a note: an event of `tracing`, of an actor or a monitor.
    pub text: Option<String>,
    /// What it was done to.
    pub object: Option<Index>,
    /// How that was touched.
    pub access: Access,
    /// Where.
    pub place: Option<Index>,
    /// The virtual time, in nanoseconds.
    pub time: u64,
    /// How many could have been next; 1 if nothing was to be decided.
    pub alternatives: u32,
    /// Which of them was, in order of creation; or the value drawn.
    pub index: u32,
    /// Who was held up by this: could have gone on, and had not asked to let others run.
    pub preempted: Option<Preempted>,
}

/// A task that was held up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preempted {
    /// The task.
    pub task: Index,
    /// What it was about to do.
    pub op: String,
    /// To what.
    pub object: Option<Index>,
    /// Where.
    pub place: Option<Index>,
}

/// A wake-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wake {
    /// How many steps had been made: the step before that number caused it.
    pub after: u32,
    /// The task that was woken.
    pub task: Index,
}

/// How an object changed at a step. Of many holders and waiters, only the change is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectState {
    /// How many steps had been made.
    pub after: u32,
    /// The object.
    pub object: Index,
    /// The task that has it to itself.
    pub owner: Option<Index>,
    /// The tasks that share it from now on, one entry per guard or permit.
    pub took: Vec<Index>,
    /// The tasks that shared it until now, one entry per guard or permit.
    pub gave: Vec<Index>,
    /// The tasks that wait at it from now on.
    pub arrived: Vec<Index>,
    /// The tasks that waited at it until now.
    pub left: Vec<Index>,
}

/// What a task can do from a step on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TaskState {
    /// How many steps had been made.
    pub after: u32,
    /// The task.
    pub task: Index,
    /// Whether it can go on, waits, or has ended.
    pub state: Readiness,
}

/// Whether a task can go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    /// The task.
    pub task: Index,
    /// Whether it could have gone on.
    pub state: Readiness,
    /// What it would have done next, or waits to do: one of these.
    pub on: Vec<On>,
}

/// Something that a task waits for, or is about to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct On {
    /// The operation's name.
    pub op: String,
    /// Its object.
    pub object: Option<Index>,
    /// Where.
    pub place: Option<Index>,
    /// Who has the object.
    pub held_by: Vec<Index>,
    /// If nobody has it, but it is kept for a future that its task does not poll: that.
    pub first_in_line: Option<Unpolled>,
}

/// A future that waits, and is not polled by the task that it is part of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unpolled {
    /// The task.
    pub task: Index,
    /// Where it began to wait.
    pub place: Option<Index>,
}

/// A runtime all of whose workers are blocked, while tasks are ready.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Starved {
    /// How many workers it has.
    pub workers: u32,
    /// The tasks that block them.
    pub blocked: Vec<Index>,
    /// The tasks that get no worker.
    pub ready: Vec<Index>,
}

/// A panic.
#[derive(Clone, Debug, Default, PartialEq)]
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
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The function.
    pub function: String,
    /// `file:line`, where known.
    pub place: Option<String>,
}

/// An actor, a state machine or a monitor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actor {
    /// Its name.
    pub name: String,
    /// `actor`, `machine` or `monitor`.
    pub kind: String,
    /// The name of its type.
    pub machine: String,
    /// Pairs of state and event for which it declares that it acts.
    pub rules: Vec<(String, String)>,
    /// What it did with events, in order.
    pub events: Vec<ActorEvent>,
    /// What became of it, in order.
    pub states: Vec<ActorState>,
}

/// What an actor did with an event.
#[derive(Clone, Debug, Default, PartialEq)]
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
    pub to: Option<String>,
}

/// What an actor looks like from a step on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActorState {
    /// How many steps had been made.
    pub after: u32,
    /// Its state's name.
    pub state: Option<String>,
    /// The events in its inbox, oldest first.
    pub inbox: Vec<String>,
    /// Whether it is a monitor in a hot state.
    pub is_hot: bool,
    /// The event it handles.
    pub handles: Option<String>,
}

json::names! {
    Access { None: "none", Read: "read", Write: "write", Acquire: "acquire", Release: "release" }
    Readiness { Ready: "ready", Waits: "waits", Ended: "ended" }
}

json::plain! {
    Recorded {
        version, test, end, search, replay, shrunk, files, places, tasks, objects, steps, wakes, object_states,
        task_states, positions, cycle, panics, actors, output, uncontrolled, warnings;
        omits starved
    }
    End { kind, is_bug, message, task, place, reproduced; omits context, stack }
    Search { strategy, seed, iteration, executions, classes, points, elapsed, lines }
    Replay { command, short, files }
    Shrunk { preemptions_before, executions, elapsed, original }
    File { path, runs }
    Run { first, lines }
    Place { file, line, column }
    Task { name; omits parent, spawned, is_thread }
    Object { name; omits created, task }
    Step { task, op, alternatives; omits text, object, access, place, time, index, preempted }
    Preempted { task, op; omits object, place }
    Wake { after, task }
    ObjectState { after, object; omits owner, took, gave, arrived, left }
    TaskState { after, task, state }
    Position { task, state, on }
    On { op; omits object, place, held_by, first_in_line }
    Unpolled { task; omits place }
    Starved { workers, blocked, ready }
    Panic { task, message, place, frames }
    Frame { function, place }
    Actor { name, kind, machine, states; omits rules, events }
    ActorEvent { after, state, did, event; omits to }
    ActorState { after; omits state, inbox, is_hot, handles }
}
