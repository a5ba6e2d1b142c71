//! `Thread`, `ThreadId`, `current`.
//!
//! A thread under control is a task's number and an execution's: its handles need not share anything,
//! and spawning one makes nothing. What parking and sleeping need is made by the first who does.

use ::std::fmt;
use ::std::hash::{Hash, Hasher};
use ::std::sync::Arc;
use ::std::thread as real;

use coyote_engine::{Access, Context, Gate, Op, OpKind, TaskId, deliver_to};

use super::{locals, parking};
use crate::support::Place;

/// The root task, which stands for the main thread of the test.
const ROOT: TaskId = 1;

/// A handle to a thread, as [`std::thread::Thread`](real::Thread).
#[derive(Clone)]
pub struct Thread(Kind);

#[derive(Clone)]
enum Kind {
    Real(real::Thread),
    Model(Model),
}

/// A thread under control.
#[derive(Clone)]
struct Model {
    /// The execution's number.
    execution: u64,
    task: TaskId,
    name: Option<Arc<str>>,
}

/// Identifies a thread, as [`std::thread::ThreadId`](real::ThreadId). Those of threads under control
/// are numbered anew in each execution, so that they can be replayed.
#[derive(Eq, PartialEq, Clone, Copy)]
pub struct ThreadId(IdKind);

#[derive(Eq, PartialEq, Clone, Copy)]
enum IdKind {
    Real(real::ThreadId),
    Model { execution: u64, task: TaskId },
}

impl Hash for ThreadId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            IdKind::Real(id) => id.hash(state),
            // Not the execution, for it is another when this one is replayed.
            IdKind::Model { task, .. } => task.hash(state),
        }
    }
}

/// Returns a handle to the current thread.
#[must_use]
pub fn current() -> Thread {
    let Some(cx) = coyote_engine::current() else { return Thread::real(real::current()) };
    let task = locals::current_task(cx);
    let name = match task {
        ROOT => Some(Arc::from("main")),
        _ => cx.given_name(task).as_deref().map(Arc::from),
    };
    Thread::model(cx, task, name)
}

impl Thread {
    pub(super) fn real(thread: real::Thread) -> Thread {
        Thread(Kind::Real(thread))
    }

    /// Returns a handle to the thread that a task of this execution stands for.
    pub(super) fn model(cx: Context, task: TaskId, name: Option<Arc<str>>) -> Thread {
        Thread(Kind::Model(Model { execution: cx.id(), task, name }))
    }

    /// Gives the thread its park token; if it is parked, it goes on.
    #[track_caller]
    pub fn unpark(&self) {
        let place = ::std::panic::Location::caller();
        let cx = coyote_engine::current();
        match (&self.0, cx) {
            (Kind::Real(thread), _) => {
                if let Some(cx) = cx {
                    cx.point(Op::local(OpKind::Unpark, place));
                }
                thread.unpark();
            }
            (Kind::Model(model), Some(cx)) if cx.id() == model.execution => {
                let token = parking::token(&cx, model.task);
                cx.point(Op::new(OpKind::Unpark, token, Access::Write, place));
                cx.set_gate(token, Gate::Exclusive, true);
            }
            // A thread of an execution that has ended.
            (Kind::Model(_), Some(cx)) => cx.point(Op::local(OpKind::Unpark, place)),
            (&Kind::Model(Model { execution, task, .. }), None) => {
                deliver_to(execution, move |execution| {
                    execution.set_gate(parking::token(execution, task), Gate::Exclusive, true);
                });
            }
        }
    }

    /// Returns the thread's identity.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        match &self.0 {
            Kind::Real(thread) => ThreadId(IdKind::Real(thread.id())),
            &Kind::Model(Model { execution, task, .. }) => ThreadId(IdKind::Model { execution, task }),
        }
    }

    /// Returns the thread's name, if it was given one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Kind::Real(thread) => thread.name(),
            Kind::Model(model) => model.name.as_deref(),
        }
    }

    /// Ends the run of the execution this thread belongs to, if it runs elsewhere: a foreign thread
    /// waits for it.
    pub(super) fn foreign_waits(&self, place: Place) {
        if let Kind::Model(model) = &self.0 {
            let thread = real::current();
            let name = thread.name().unwrap_or("without a name");
            deliver_to(model.execution, |execution| {
                execution.end_uncontrolled(format!(
                    "OS thread {name}, which is not under control, joins a thread of the test at {place}"
                ));
            });
        }
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IdKind::Real(id) => id.fmt(f),
            IdKind::Model { task, .. } => f.debug_tuple("ThreadId").field(&task).finish(),
        }
    }
}
