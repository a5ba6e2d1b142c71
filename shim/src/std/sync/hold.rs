//! The engine's side of holding a lock: what is common to all guards, and not generic.

use ::std::panic::Location;
use ::std::sync::TryLockError;
use ::std::time::Duration;

use coyote_engine::{Access, Context, Gate, Guard, ObjectCell, ObjectId, Op, OpKind, current, deliver};

use crate::support::Place;

/// How long, in real time, a controlled task waits for a lock that a foreign thread has.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long it sleeps between two tries.
const PAUSE: Duration = Duration::from_micros(50);

/// Which lock of which execution a guard holds, and since where.
#[derive(Clone, Copy)]
pub(super) struct Hold {
    /// The execution's number; 0 if the lock was taken outside of control.
    execution: u64,
    object: ObjectId,
    place: Place,
}

impl Hold {
    /// A lock taken outside of control.
    pub(super) fn uncontrolled(place: Place) -> Hold {
        Hold { execution: 0, object: ObjectId::NONE, place }
    }

    /// A lock taken by the current task.
    pub(super) fn new(cx: Context, object: ObjectId, place: Place) -> Hold {
        Hold { execution: cx.id(), object, place }
    }

    pub(super) fn object(&self) -> ObjectId {
        self.object
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    /// Returns the operation that took the lock.
    pub(super) fn op(&self, kind: OpKind) -> Op {
        Op::new(kind, self.object, Access::Acquire, self.place)
    }

    /// Returns the execution the lock is held in, if that is the one that runs here now.
    #[inline]
    pub(super) fn context(&self) -> Option<Context> {
        if self.execution == 0 {
            return None;
        }
        current().filter(|cx| cx.id() == self.execution)
    }
}

/// Waits until the lock can be taken; the caller takes it at once.
pub(super) fn wait_for(
    cx: Context,
    cell: &ObjectCell,
    what: &'static str,
    (kind, gate): (OpKind, Gate),
    place: Place,
) -> ObjectId {
    let object = cx.object(cell, what);
    cx.wait(object, gate, Op::new(kind, object, Access::Acquire, place), None);
    object
}

/// Notes that the current task has the object of `op`, which took it, to itself.
pub(super) fn taken(cx: Context, op: Op) {
    cx.set_gate(op.object(), Gate::Exclusive, false);
    cx.took(op, Guard::Lock);
}

/// Notes that nobody has `object` to itself any more.
pub(super) fn given_back(cx: Context, object: ObjectId) {
    cx.gave(object);
    cx.set_gate(object, Gate::Exclusive, true);
}

/// A real lock result that has not waited: None if somebody has the lock.
pub(super) type Tried<G> = Option<Result<G, ::std::sync::PoisonError<G>>>;

/// Tells "taken by somebody" apart from both ways of having got it.
pub(super) fn tried<G>(result: Result<G, TryLockError<G>>) -> Tried<G> {
    match result {
        Ok(guard) => Some(Ok(guard)),
        Err(TryLockError::Poisoned(poisoned)) => Some(Err(poisoned)),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The gate was open and yet the real lock is taken: a thread that is not under control has it. Waits
/// for it in real time; if that takes too long, ends the run, and goes on trying until the task
/// unwinds.
#[cold]
pub(super) fn block_for_real<G>(
    cx: Context,
    what: &'static str,
    place: Place,
    attempt: &dyn Fn() -> Tried<G>,
) -> Result<G, ::std::sync::PoisonError<G>> {
    cx.note_uncontrolled(format!(
        "a {what} was held by an OS thread that is not under control when it was locked at {place}"
    ));
    let mut waited = Duration::ZERO;
    loop {
        if let Some(result) = attempt() {
            return result;
        }
        ::std::thread::sleep(PAUSE);
        waited += PAUSE;
        if waited > PATIENCE {
            cx.end_uncontrolled(format!(
                "a {what} locked at {place} is held by an OS thread that is not under control, or by another \
                 exploration"
            ));
            cx.yield_now(place);
        }
    }
}

/// A thread outside of control is about to block on something: ends the run of the execution that
/// holds it, if one does.
#[cold]
pub(super) fn foreign_blocks(cell: &ObjectCell, gate: Gate, what: &'static str, place: Place) {
    let thread = ::std::thread::current();
    let name = thread.name().unwrap_or("without a name");
    deliver(cell, |execution, object| {
        if !execution.is_open(object, gate) {
            execution.end_uncontrolled(format!(
                "OS thread {name}, which is not under control, blocks at {place} on a {what} that a task holds"
            ));
        }
    });
}

/// Where the caller of a `#[track_caller]` function is.
#[track_caller]
#[inline]
pub(super) const fn here() -> Place {
    Location::caller()
}
