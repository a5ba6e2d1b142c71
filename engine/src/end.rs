//! How a run ends: a closed enumeration, told apart from how it is shown.

use std::fmt;
use std::panic::Location;

use crate::panics::PanicRecord;

/// How one execution ended.
#[derive(Clone, Debug)]
pub enum End {
    /// The root returned, and nothing was wrong.
    Completed,
    /// A panic, or an assertion, nobody was there to see.
    Failed(Failure),
    /// Tasks wait for each other, or for what nobody will do.
    Deadlock(Deadlock),
    /// On a fair schedule, something that has to happen never does.
    Livelock(Livelock),
    /// A task ran for too long without reaching a scheduling point.
    Stuck {
        /// The task's name.
        task: String,
        /// How long it was watched, in seconds of real time.
        seconds: u64,
        /// Its stack, innermost frame first, where it could be read.
        stack: Vec<String>,
    },
    /// The program crashed: a stack overflow, a memory fault, or an abort.
    Crashed {
        /// The task's name.
        task: String,
        /// What happened.
        what: Crash,
    },
    /// The step bound was reached. Nothing is known of what would have followed.
    StepBound {
        /// The bound, in scheduling points.
        bound: u64,
        /// Whether the schedule was fair at the end; if so, a livelock is likely.
        fair: bool,
    },
    /// Something outside of control kept the run from going on.
    Uncontrolled(String),
    /// A replay could not follow its trace.
    Diverged(Divergence),
}

impl End {
    /// Returns true if this is a bug in the program under test.
    pub fn is_bug(&self) -> bool {
        matches!(
            self,
            End::Failed(_) | End::Deadlock(_) | End::Livelock(_) | End::Stuck { .. } | End::Crashed { .. }
        )
    }

    /// Returns the name of the kind of end, for traces and comparisons.
    pub fn kind(&self) -> &'static str {
        match self {
            End::Completed => "completed",
            End::Failed(_) => "failed",
            End::Deadlock(_) => "deadlock",
            End::Livelock(_) => "livelock",
            End::Stuck { .. } => "stuck",
            End::Crashed { .. } => "crashed",
            End::StepBound { .. } => "step-bound",
            End::Uncontrolled(_) => "uncontrolled",
            End::Diverged(_) => "diverged",
        }
    }
}

/// What failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The task that failed.
    pub task: String,
    /// Whether that is the root.
    pub in_root: bool,
    /// How it failed.
    pub kind: FailureKind,
    /// What the panic, or the returned error, said.
    pub panic: PanicRecord,
    /// Names and values that a failed check was given.
    pub context: Vec<(String, String)>,
}

/// How a task failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum FailureKind {
    /// It panicked.
    Panic,
    /// The test body returned an error.
    ReturnedError,
    /// A check of a mirror, or a monitor, failed.
    Check,
    /// It touched a cell that another task touched, one of them to write, and nothing orders the two.
    Race,
    /// It took a lock, share or permit that was never given back.
    Leak,
}

/// What never happens, in [`End::Livelock`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Livelock {
    /// A monitor was in a hot state for too long, on a schedule that was fair meanwhile.
    Hot {
        /// The monitor.
        monitor: String,
        /// The hot state it is in.
        state: String,
        /// The scheduling point at which it turned hot.
        since: u64,
        /// How many scheduling points followed, those of an unfair beginning among them.
        steps: u64,
    },
    /// A monitor was in a hot state when the root returned.
    HotAtEnd {
        /// The monitor.
        monitor: String,
        /// The hot state it is in.
        state: String,
        /// The scheduling point at which it turned hot.
        since: u64,
        /// How many scheduling points followed.
        steps: u64,
    },
    /// The workers of a runtime are busy with polls that do not end, and a task that is ready gets none.
    Starved {
        /// The first task that is ready.
        task: String,
        /// The tasks in the middle of a poll.
        by: Vec<String>,
        /// For how many scheduling points at least.
        steps: u64,
    },
}

/// What kind of crash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The task needed more stack than its carrier has, in bytes.
    StackOverflow(usize),
    /// A signal with this name, such as `SIGSEGV`.
    Signal(&'static str),
    /// The process was ended with this code, by the program itself; seen in a process of its own only.
    Exit(i32),
    /// A panic that cannot unwind, which aborts the process: the message.
    Abort(String),
}

/// Who waits for what.
#[derive(Clone, Debug)]
pub struct Deadlock {
    /// Each task that waits, in order of creation.
    pub waiting: Vec<Waiting>,
    /// The tasks that wait for each other in a circle, by name, if there is one.
    pub cycle: Vec<String>,
    /// The runtimes all of whose workers are blocked in the middle of a poll, while a task is ready to run.
    pub starved: Vec<Starved>,
    /// The tasks that have panicked, by name, if nobody has observed that: often, why nothing goes on.
    pub panicked: Vec<String>,
}

/// A runtime that starves itself.
#[derive(Clone, Debug)]
pub struct Starved {
    /// How many workers it has.
    pub workers: u32,
    /// The tasks that block them.
    pub blocked: Vec<String>,
    /// The tasks that are ready, and get no worker.
    pub ready: Vec<String>,
}

/// One task's part in a deadlock.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The task.
    pub task: String,
    /// What it is doing: `lock`, `recv`, …; several if any of them would wake it.
    pub on: Vec<WaitingOn>,
    /// Whether nobody has a waker of it: its future returned `Pending`, and has kept none. So nothing that
    /// happens can have it polled again.
    pub without_waker: bool,
}

/// One thing a task waits for.
#[derive(Clone, Debug)]
pub struct WaitingOn {
    /// The operation's name.
    pub op: &'static str,
    /// The object, where there is one.
    pub object: Option<String>,
    /// The place of the operation.
    pub location: &'static Location<'static>,
    /// The tasks that hold the object.
    pub held_by: Vec<String>,
    /// Where they took it, as far as known.
    pub holders: Vec<Holder>,
    /// Whoever is first in line for the object, if nobody holds it and that future is not being polled (a
    /// *futurelock*): the object is kept for it. Known of recorded executions only.
    pub first_in_line: Option<Unpolled>,
}

/// A task that has what another waits for.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The task.
    pub task: String,
    /// Where it took it.
    pub taken: &'static Location<'static>,
    /// What it does meanwhile.
    pub awaits: Awaits,
}

/// What a task does that has what another waits for.
#[derive(Clone, Copy, Debug)]
pub enum Awaits {
    /// It is in the middle of a poll, or what it has is made for being held across an `.await`.
    Running,
    /// It keeps a lock that threads wait for across an `.await`, at this place if known.
    Across(Option<&'static Location<'static>>),
    /// It has ended, and never gave it back, nor to anybody who would.
    Nothing,
}

/// A future that waits, and is not polled by the task that it is part of.
#[derive(Clone, Debug)]
pub struct Unpolled {
    /// The task.
    pub task: String,
    /// Where it began to wait.
    pub location: &'static Location<'static>,
}

/// Where a replay left its trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The number of the decision, counting from 1.
    pub step: usize,
    /// What the trace has there.
    pub expected: String,
    /// What the program offered.
    pub found: String,
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Crash::StackOverflow(size) => write!(f, "its stack of {} KiB overflowed", size / 1024),
            Crash::Signal(name) => write!(f, "it was hit by {name}"),
            Crash::Exit(code) => write!(f, "it ended the process with code {code}"),
            Crash::Abort(message) => write!(f, "it aborted the process: {message}"),
        }
    }
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at decision {}: expected {}, found {}", self.step, self.expected, self.found)
    }
}
