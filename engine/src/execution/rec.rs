//! What the engine knows of one task.

use std::any::Any;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::Location;
use std::rc::Rc;

use super::Held;
use crate::carrier::Carriers;
use crate::object::Gate;
use crate::op::{ObjectId, Op, OpKind, TaskId};
use crate::own::Own;
use crate::task::TaskRef;

/// Where a task stands. `Running` covers everything from the start of a poll to its end, also while
/// another task runs in between.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum State {
    /// Not in a poll, and to be polled: enabled, unless its lane is full.
    Ready,
    /// Not in a poll, and waiting for a wake-up.
    Parked,
    /// In a poll.
    Running,
    /// Its end is visible.
    #[default]
    Done,
}

/// Bits of [`TaskRec::flags`].
pub(crate) mod flag {
    /// To be cancelled when it next returns `Pending`.
    pub(crate) const ABORT: u16 = 1 << 2;
    /// The execution is being torn down: to be destroyed, or unwound.
    pub(crate) const CANCEL: u16 = 1 << 3;
    /// Holds a place in its lane.
    pub(crate) const LANE: u16 = 1 << 4;
    /// In `block_on`, waiting for a wake-up with its stack.
    pub(crate) const ASLEEP: u16 = 1 << 5;
    /// The wait at a gate was ended by its timer.
    pub(crate) const TIMED_OUT: u16 = 1 << 6;
    /// It waits in a way that cannot be listed, behind a combinator's own waker.
    pub(crate) const OPAQUE: u16 = 1 << 7;
    /// Its future has ended; making that visible is its pending operation.
    pub(crate) const EXITING: u16 = 1 << 8;
    /// Its future is being destroyed in teardown: destructors may block.
    pub(crate) const DROPPING: u16 = 1 << 9;
    /// It unwinds because it was cancelled, not because it panicked.
    pub(crate) const UNWINDING: u16 = 1 << 10;
    /// It is unwound although it is destroying something: there is no other way left.
    pub(crate) const FORCE: u16 = 1 << 11;
    /// A closure that stands for a thread, not a future.
    pub(crate) const THREAD: u16 = 1 << 12;
    /// It left its lane for the rest of its poll.
    pub(crate) const AWAY: u16 = 1 << 13;
    /// Any of those that make returning `Pending` more than that.
    pub(crate) const UNUSUAL: u16 = ABORT | CANCEL | AWAY | LANE;
}

/// Values of [`TaskRec::wake`]. Kept apart from the flags, and only ever overwritten: a read, change and
/// write of one word by every step would make a chain through memory, some 8 ns long.
pub(crate) mod wake {
    /// No wake-up came during this poll.
    pub(crate) const NONE: u8 = 0;
    /// A wake-up came during this poll.
    pub(crate) const WOKEN: u8 = 1;
    /// The wake-up was a `yield_now`.
    pub(crate) const YIELDED: u8 = 2;
}

/// How many operations a future may do in one poll before it has to yield, as in tokio.
pub(super) const BUDGET: u8 = 128;
/// The budget of what is not constrained; the mirrors know it too.
const UNCONSTRAINED: u8 = u8::MAX;

/// No carrier: the task is not suspended in a poll.
pub(crate) const NO_CARRIER: u32 = u32::MAX;

/// Something a parked task waits for.
#[derive(Clone, Copy)]
pub(crate) struct Wait {
    pub(crate) op: Op,
    /// Which place in a queue, while that is recorded; otherwise 0.
    pub(crate) ticket: u32,
}

/// A value that belongs to a task, or to a lane: key and content.
pub(crate) type LocalSlot = (usize, Rc<dyn Any>);

/// What is known of a task. In order of use: polling a future that yields touches one cache line, an operation
/// and a switch a second one. With 10,000 tasks that is what a step costs.
#[repr(C, align(64))]
pub(crate) struct TaskRec {
    op_word: Cell<u64>,
    op_location: Cell<&'static Location<'static>>,
    pub(crate) task: Cell<Option<TaskRef>>,
    pub(crate) carrier: Cell<u32>,
    pub(crate) lane: Cell<u32>,
    pub(crate) flags: Cell<u16>,
    /// Whether a wake-up came during this poll; see [`wake`].
    pub(crate) wake: Cell<u8>,
    pub(crate) state: Cell<State>,
    /// Cooperative budget left in this poll.
    pub(crate) budget: Cell<u8>,
    /// How often it was told to unwind and went on.
    pub(crate) refusals: Cell<u8>,
    pub(crate) waits: Own<Vec<Wait>>,

    /// Happens-before hash of its last event.
    pub(crate) history: Cell<u64>,
    /// Where its stack ends, if it is switched away inside a poll.
    pub(crate) stack: Cell<usize>,
    /// std's panic count while it is switched away.
    pub(crate) panics: Cell<u32>,
    /// Clones of its waker that are alive.
    pub(crate) wakers: Cell<u32>,
    /// Where it waits, if it waits at a gate; object 0 if not.
    pub(crate) gate: Cell<(ObjectId, Gate)>,
    /// The lock to take again after having been notified; object 0 if none.
    pub(crate) relock: Cell<(ObjectId, Gate)>,
    /// As an object: hash of the last change, sum of the reads since.
    pub(crate) changed: Cell<u64>,
    pub(crate) read: Cell<u64>,
    /// Hash of its creation path.
    pub(crate) path: Cell<u64>,

    pub(crate) parent: Cell<TaskId>,
    pub(crate) ordinal: Cell<u32>,
    pub(crate) children: Cell<u32>,
    pub(crate) objects: Cell<u32>,
    /// The lane to go back to, with `AWAY`.
    pub(crate) away_from: Cell<u32>,
    pub(crate) spawned: Cell<&'static Location<'static>>,
    pub(crate) name: Own<Option<Rc<str>>>,
    pub(crate) locals: Own<Vec<LocalSlot>>,
    /// What it has taken and not given back.
    pub(crate) held: Own<Vec<Held>>,
}

impl Default for TaskRec {
    fn default() -> Self {
        let here = Location::caller();
        TaskRec {
            op_word: Cell::new(0),
            op_location: Cell::new(here),
            flags: Cell::new(0),
            wake: Cell::new(wake::NONE),
            state: Cell::new(State::Done),
            budget: Cell::new(0),
            refusals: Cell::new(0),
            carrier: Cell::new(NO_CARRIER),
            stack: Cell::new(0),
            lane: Cell::new(u32::MAX),
            away_from: Cell::new(u32::MAX),
            panics: Cell::new(0),
            wakers: Cell::new(0),
            task: Cell::new(None),
            path: Cell::new(0),
            history: Cell::new(0),
            changed: Cell::new(0),
            read: Cell::new(0),
            gate: Cell::new((ObjectId::NONE, Gate::Exclusive)),
            relock: Cell::new((ObjectId::NONE, Gate::Exclusive)),
            parent: Cell::new(0),
            ordinal: Cell::new(0),
            children: Cell::new(0),
            objects: Cell::new(0),
            spawned: Cell::new(here),
            name: Own::new(None),
            waits: Own::new(Vec::new()),
            locals: Own::new(Vec::new()),
            held: Own::new(Vec::new()),
        }
    }
}

impl TaskRec {
    /// Makes a pooled record that of a new task.
    #[expect(clippy::too_many_arguments, reason = "one call, every argument a field")]
    pub(crate) fn begin(
        &mut self,
        task: TaskRef,
        parent: TaskId,
        ordinal: u32,
        path: u64,
        lane: u32,
        flags: u16,
        name: Option<Rc<str>>,
        spawned: &'static Location<'static>,
    ) {
        self.set_op(Op::local(OpKind::Start, spawned));
        self.flags.set(flags);
        self.wake.set(wake::NONE);
        self.state.set(State::Ready);
        self.refusals.set(0);
        self.carrier.set(NO_CARRIER);
        self.lane.set(lane);
        self.panics.set(0);
        self.wakers.set(0);
        self.task.set(Some(task));
        self.path.set(path);
        self.history.set(path);
        self.changed.set(path);
        self.read.set(0);
        self.gate.set((ObjectId::NONE, Gate::Exclusive));
        self.relock.set((ObjectId::NONE, Gate::Exclusive));
        self.parent.set(parent);
        self.ordinal.set(ordinal);
        self.children.set(0);
        self.objects.set(0);
        self.spawned.set(spawned);
        if name.is_some() || self.name.with(|old| old.is_some()) {
            *self.name.get_mut() = name;
        }
        self.waits.get_mut().clear();
        self.held.get_mut().clear();
    }

    #[inline]
    pub(crate) fn set_op(&self, op: Op) {
        self.op_word.set(op.word());
        self.op_location.set(op.location());
    }

    /// Makes being polled again the pending operation; its place stays that of the one before.
    #[inline]
    pub(crate) fn set_resume(&self) {
        self.op_word.set(Op::local(OpKind::Resume, self.op_location.get()).word());
    }

    /// Begins a poll of a thread, which has no budget outside of `block_on`, or after a wait that
    /// could not be listed.
    #[cold]
    pub(crate) fn begin_unusual_poll(&self) {
        self.clear(flag::OPAQUE);
        self.budget.set(if self.has(flag::THREAD) { UNCONSTRAINED } else { BUDGET });
    }

    #[inline]
    pub(crate) fn op(&self) -> Op {
        Op::from_parts(self.op_word.get(), self.op_location.get())
    }

    #[inline]
    pub(crate) fn has(&self, flag: u16) -> bool {
        self.flags.get() & flag != 0
    }

    #[inline]
    pub(crate) fn set(&self, flag: u16) {
        self.flags.set(self.flags.get() | flag);
    }

    #[inline]
    pub(crate) fn clear(&self, flag: u16) {
        self.flags.set(self.flags.get() & !flag);
    }
}

/// Everything that is kept from one execution to the next, on one explorer thread: memory, and what detectors have
/// learned of the program. No execution goes another way for it.
pub(crate) struct Pool {
    pub(crate) enabled: Own<crate::bits::TaskSet>,
    pub(crate) decisions: Own<Vec<u32>>,
    pub(crate) tasks: crate::chunks::Chunks<TaskRec>,
    pub(crate) objects: crate::chunks::Chunks<crate::object::ObjectRec>,
    pub(crate) lanes: crate::chunks::Chunks<crate::lane::Lane>,
    pub(crate) lane_locals: Own<Vec<Vec<LocalSlot>>>,
    pub(crate) blocks: Own<crate::alloc::Blocks>,
    pub(crate) carriers: Own<Carriers>,
    pub(crate) timers: Own<crate::clock::Timers>,
    pub(crate) clocks: Own<Vec<crate::clock::SideClock>>,
    /// Whether an execution has used tracked cells: those after it keep clocks.
    pub(crate) tracked: Cell<bool>,
    /// The orders of locks that executions have shown: task, places, and where the locks were created.
    pub(crate) edges: Own<BTreeSet<[usize; 5]>>,
}

impl Pool {
    pub(crate) fn new(stack_size: usize) -> Self {
        Pool {
            enabled: Own::default(),
            decisions: Own::default(),
            tasks: Default::default(),
            objects: Default::default(),
            lanes: Default::default(),
            lane_locals: Own::default(),
            blocks: Own::default(),
            carriers: Own::new(Carriers::new(stack_size)),
            timers: Own::default(),
            clocks: Own::default(),
            tracked: Cell::new(false),
            edges: Own::default(),
        }
    }
}
