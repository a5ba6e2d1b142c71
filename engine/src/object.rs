//! Shared objects: who waits for them, who holds them, and what happened to them so far.

use std::cell::Cell;
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::bits::TaskSet;
use crate::op::TaskId;
use crate::own::Own;

/// The identity of a mirrored object, kept inside of it.
///
/// An object gets its number in an execution when it is first used there, so that it can be created
/// by a `const fn`, and outlive executions.
pub struct ObjectCell {
    /// `epoch << 24 | object`, or 0.
    word: AtomicU64,
    created: Option<&'static Location<'static>>,
}

impl ObjectCell {
    /// Creates the cell of a new object, remembering the caller's place.
    #[track_caller]
    pub const fn new() -> Self {
        ObjectCell { word: AtomicU64::new(0), created: Some(Location::caller()) }
    }

    /// Creates the cell of a new object, remembering `location`.
    pub const fn at(location: &'static Location<'static>) -> Self {
        ObjectCell { word: AtomicU64::new(0), created: Some(location) }
    }

    #[inline]
    pub(crate) fn word(&self) -> u64 {
        self.word.load(Ordering::Relaxed)
    }

    pub(crate) fn set_word(&self, word: u64) {
        self.word.store(word, Ordering::Relaxed);
    }

    pub(crate) fn created(&self) -> Option<&'static Location<'static>> {
        self.created
    }
}

impl Default for ObjectCell {
    #[track_caller]
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for ObjectCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ObjectCell")
    }
}

/// Which of an object's two gates: exclusive use, or shared use.
///
/// A mutex has the first only. A read-write lock lets writers through the first, readers through the
/// second. Anything else uses the first as it likes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gate {
    /// Lockers, writers, receivers.
    Exclusive = 0,
    /// Readers, senders.
    Shared = 1,
}

/// A condition that tasks wait for. While it is open its waiters are enabled, and while it is closed
/// they are not; the one that goes through closes it if only one may.
#[derive(Default)]
pub(crate) struct GateState {
    pub(crate) open: Cell<bool>,
    pub(crate) waiting: Own<TaskSet>,
}

#[derive(Default)]
pub(crate) struct ObjectRec {
    /// Happens-before hash of the last change.
    pub(crate) changed: Cell<u64>,
    /// Sum of the happens-before hashes of the reads since.
    pub(crate) read: Cell<u64>,
    pub(crate) gates: [GateState; 2],
    /// The task that has it exclusively, or 0.
    pub(crate) owner: Cell<TaskId>,
    /// The tasks that share it, one entry per guard or permit.
    pub(crate) sharers: Own<Vec<TaskId>>,
    /// Whether those that have it may have passed it on to other tasks.
    pub(crate) movable: Cell<bool>,
    /// Whether a future has kept it while it waited, on a runtime of one thread.
    pub(crate) kept: Cell<bool>,
    /// What it is, in the user's words: `Mutex`, `mpsc channel`.
    pub(crate) kind: Cell<&'static str>,
    pub(crate) created: Cell<Option<&'static Location<'static>>>,
    /// Creation path: the task that registered it, and which of that task's objects it is.
    pub(crate) creator: Cell<TaskId>,
    pub(crate) ordinal: Cell<u32>,
}

impl ObjectRec {
    /// Makes a pooled record that of a new object.
    pub(crate) fn begin(
        &mut self,
        kind: &'static str,
        created: Option<&'static Location<'static>>,
        creator: TaskId,
        ordinal: u32,
        hash: u64,
    ) {
        self.changed.set(hash);
        self.read.set(0);
        for gate in &mut self.gates {
            gate.open.set(true);
            gate.waiting.get_mut().clear();
        }
        self.owner.set(0);
        self.sharers.get_mut().clear();
        self.movable.set(false);
        self.kept.set(false);
        self.kind.set(kind);
        self.created.set(created);
        self.creator.set(creator);
        self.ordinal.set(ordinal);
    }
}
