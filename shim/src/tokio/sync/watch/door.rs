//! The lock around a watched value, as the engine sees it.
//!
//! The real channel keeps its value under a lock of the OS thread, which borrowers hold as long as they
//! like, and which is held while closures of the user run. All tasks share one OS thread: whoever
//! waited for that lock would wait for ever. So tasks wait here instead, and find the real one free.

use ::std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use coyote_engine::{Context, Gate, Guard, ObjectCell, ObjectId, Op, current};

use super::WHAT;
use crate::support::Place;
use crate::tokio::sync::steer::{Act, blocks_outside};

/// A read-write lock of the engine's. A writer that waits keeps new readers out, as tokio documents.
pub(super) struct Door {
    pub(super) cell: ObjectCell,
    /// How many tasks under control read.
    readers: AtomicUsize,
    /// Whether a task under control writes.
    writing: AtomicBool,
    /// How many writers wait for readers to leave.
    queued: AtomicUsize,
}

impl Door {
    #[track_caller]
    pub(super) fn new() -> Self {
        Door {
            cell: ObjectCell::new(),
            readers: AtomicUsize::new(0),
            writing: AtomicBool::new(false),
            queued: AtomicUsize::new(0),
        }
    }

    fn object(&self, cx: Context) -> ObjectId {
        if cx.known_object(&self.cell).is_none() {
            // What an earlier execution has leaked does not count in this one.
            self.readers.store(0, Relaxed);
            self.writing.store(false, Relaxed);
            self.queued.store(0, Relaxed);
        }
        cx.object(&self.cell, WHAT)
    }

    /// Opens and closes the gates according to who is inside.
    fn settle(&self, cx: Context, object: ObjectId) {
        let writing = self.writing.load(Relaxed);
        let readers = self.readers.load(Relaxed) > 0;
        let queued = self.queued.load(Relaxed) > 0;
        cx.set_gate(object, Gate::Exclusive, !writing && !readers);
        cx.set_gate(object, Gate::Shared, !(writing || readers && queued));
    }

    /// Waits until the value can be read, and keeps writers out; nothing outside of control.
    pub(super) fn read(&self, act: &Act, place: Place) -> Option<Reading<'_>> {
        let Some(cx) = current() else {
            if self.writing.load(Relaxed) {
                blocks_outside(&self.cell, WHAT, place);
            }
            return None;
        };
        let object = self.object(cx);
        let op = Op::new(act.kind, object, act.access, place);
        cx.wait(object, Gate::Shared, op, None);
        self.readers.fetch_add(1, Relaxed);
        cx.took(op, Guard::Shared);
        self.settle(cx, object);
        Some(Reading(self))
    }

    /// Waits until the value can be changed, and keeps everyone out; nothing outside of control.
    pub(super) fn write(&self, act: &Act, place: Place) -> Option<Writing<'_>> {
        let Some(cx) = current() else {
            if self.writing.load(Relaxed) || self.readers.load(Relaxed) > 0 {
                blocks_outside(&self.cell, WHAT, place);
            }
            return None;
        };
        let object = self.object(cx);
        let op = Op::new(act.kind, object, act.access, place);
        if cx.is_open(object, Gate::Exclusive) {
            cx.wait(object, Gate::Exclusive, op, None);
        } else {
            // Arriving is an operation of its own: from then on new readers wait.
            cx.point(op);
            self.queued.fetch_add(1, Relaxed);
            let _queued = Queued(self);
            self.settle(cx, object);
            cx.wait(object, Gate::Exclusive, op, None);
        }
        self.writing.store(true, Relaxed);
        cx.took(op, Guard::Lock);
        self.settle(cx, object);
        Some(Writing(self))
    }

    fn leave(&self, change: impl FnOnce(Context, ObjectId)) {
        if let Some(cx) = current()
            && let Some(object) = cx.known_object(&self.cell)
        {
            change(cx, object);
            self.settle(cx, object);
        }
    }
}

/// A writer that waits.
struct Queued<'a>(&'a Door);

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.queued.fetch_sub(1, Relaxed);
        self.0.leave(|_, _| ());
    }
}

/// Keeps writers out until dropped.
pub(super) struct Reading<'a>(&'a Door);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let door = self.0;
        door.leave(|cx, object| {
            door.readers.fetch_sub(1, Relaxed);
            cx.gave_shared(object);
        });
    }
}

/// Keeps everyone out until dropped.
pub(super) struct Writing<'a>(&'a Door);

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let door = self.0;
        door.leave(|cx, object| {
            door.writing.store(false, Relaxed);
            cx.gave(object);
        });
    }
}
