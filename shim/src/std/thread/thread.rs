//! `Thread`, `ThreadId`, `current`.

use ::std::fmt;
use ::std::num::NonZeroU32;
use ::std::sync::Arc;
use ::std::thread as real;

use coyote_engine::{Access, Context, Gate, ObjectCell, ObjectId, Op, OpKind, deliver};

use super::locals;
use crate::support::Place;

/// A handle to a thread, as [`std::thread::Thread`](real::Thread).
#[derive(Clone)]
pub struct Thread(Kind);

#[derive(Clone)]
enum Kind {
    Real(real::Thread),
    Model(Arc<Model>),
}

/// A thread under control.
struct Model {
    id: NonZeroU32,
    name: Option<Box<str>>,
    /// Its exclusive gate is the park token: open while that is there.
    token: ObjectCell,
    /// Its exclusive gate is never open: where the thread sleeps.
    pillow: ObjectCell,
}

/// Identifies a thread, as [`std::thread::ThreadId`](real::ThreadId). Those of threads under control
/// are numbered anew in each execution, so that they can be replayed.
#[derive(Eq, PartialEq, Clone, Copy, Hash)]
pub struct ThreadId(IdKind);

#[derive(Eq, PartialEq, Clone, Copy, Hash)]
enum IdKind {
    Real(real::ThreadId),
    Model(NonZeroU32),
}

/// Returns a handle to the current thread.
#[must_use]
pub fn current() -> Thread {
    match coyote_engine::current() {
        Some(cx) => locals::current_thread(cx),
        None => Thread::real(real::current()),
    }
}

impl Thread {
    pub(super) fn real(thread: real::Thread) -> Thread {
        Thread(Kind::Real(thread))
    }

    /// Creates the identity of a thread under control, without a park token.
    pub(super) fn model(cx: Context, name: Option<&str>, place: Place) -> Thread {
        let token = ObjectCell::at(place);
        let object = cx.object(&token, "thread");
        cx.set_gate(object, Gate::Exclusive, false);
        let id = NonZeroU32::new(object.0).expect("an object's number is not 0");
        Thread(Kind::Model(Arc::new(Model {
            id,
            name: name.map(Box::from),
            token,
            pillow: ObjectCell::at(place),
        })))
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
            (Kind::Model(model), Some(cx)) => match cx.known_object(&model.token) {
                Some(token) => {
                    cx.point(Op::new(OpKind::Unpark, token, Access::Write, place));
                    cx.set_gate(token, Gate::Exclusive, true);
                }
                // A thread of an execution that has ended.
                None => cx.point(Op::local(OpKind::Unpark, place)),
            },
            (Kind::Model(model), None) => {
                deliver(&model.token, |execution, token| execution.set_gate(token, Gate::Exclusive, true));
            }
        }
    }

    /// Returns the thread's identity.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        match &self.0 {
            Kind::Real(thread) => ThreadId(IdKind::Real(thread.id())),
            Kind::Model(model) => ThreadId(IdKind::Model(model.id)),
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

    /// Waits, as this very thread, for the park token, and takes it.
    pub(super) fn park(&self, cx: Context, deadline: Option<u64>, place: Place) {
        let Kind::Model(model) = &self.0 else { return };
        let token = cx.object(&model.token, "thread");
        cx.wait(token, Gate::Exclusive, Op::new(OpKind::Park, token, Access::Acquire, place), deadline);
        cx.set_gate(token, Gate::Exclusive, false);
    }

    /// Waits, as this very thread, until the virtual time `deadline`; None: for ever.
    pub(super) fn sleep(&self, cx: Context, deadline: Option<u64>, place: Place) {
        let Kind::Model(model) = &self.0 else { return };
        let pillow = cx.object(&model.pillow, "sleep");
        cx.set_gate(pillow, Gate::Exclusive, false);
        let op = Op::new(OpKind::Sleep, pillow, Access::None, place);
        cx.wait(pillow, Gate::Exclusive, op, deadline);
    }

    /// Ends the run of the execution this thread belongs to, if it runs elsewhere: a foreign thread
    /// waits for it.
    pub(super) fn foreign_waits(&self, place: Place) {
        if let Kind::Model(model) = &self.0 {
            let thread = real::current();
            let name = thread.name().unwrap_or("without a name");
            deliver(&model.token, |execution, _: ObjectId| {
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
            IdKind::Model(id) => f.debug_tuple("ThreadId").field(&id).finish(),
        }
    }
}
