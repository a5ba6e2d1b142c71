//! The lock around a broadcast channel, as the engine sees it.
//!
//! The real channel clones and drops messages under locks of the OS thread, and that runs code of the
//! user. All tasks share one OS thread: whoever waited for such a lock would wait for ever. So tasks
//! wait here instead, and find the real ones free.

use ::std::ops::Deref;
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use coyote_engine::{Context, Gate, ObjectCell, Op, TaskId, current};

use super::WHAT;
use crate::support::Place;
use crate::tokio::sync::steer::Act;

/// The lock of one channel.
#[derive(Clone)]
pub(super) struct Room(Arc<State>);

struct State {
    cell: ObjectCell,
    /// The task that is inside, or 0. It may come in again: a waker that the real channel calls, when it
    /// has let its own locks go, may use the channel.
    inside: AtomicU32,
}

impl Deref for Room {
    type Target = ObjectCell;

    fn deref(&self) -> &ObjectCell {
        &self.0.cell
    }
}

/// Being alone with the channel, until dropped.
pub(super) struct Alone<'a>(Option<&'a Room>);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        if let Some(room) = self.0 {
            room.open();
        }
    }
}

impl Room {
    #[track_caller]
    pub(super) fn new() -> Room {
        Room(Arc::new(State { cell: ObjectCell::new(), inside: AtomicU32::new(0) }))
    }

    fn inside(&self, cx: Context) -> TaskId {
        if cx.known_object(self).is_none() {
            // What an earlier execution has leaked does not count in this one.
            self.0.inside.store(0, Relaxed);
        }
        self.0.inside.load(Relaxed)
    }

    /// Returns whether the current task would have to wait.
    fn is_taken(&self, cx: Context) -> bool {
        let inside = self.inside(cx);
        inside != 0 && inside != cx.current_task()
    }

    fn close(&self, cx: Context) -> Alone<'_> {
        if self.inside(cx) != 0 {
            return Alone(None);
        }
        let object = cx.object(self, WHAT);
        self.0.inside.store(cx.current_task(), Relaxed);
        cx.set_gate(object, Gate::Exclusive, false);
        cx.set_owner(object, true);
        Alone(Some(self))
    }

    fn open(&self) {
        if let Some(cx) = current()
            && let Some(object) = cx.known_object(self)
        {
            self.0.inside.store(0, Relaxed);
            cx.set_owner(object, false);
            cx.set_gate(object, Gate::Exclusive, true);
        }
    }

    /// A scheduling point, and waits until nobody else is inside.
    pub(super) fn look(&self, act: &Act, place: Place) {
        let Some(cx) = current() else { return };
        let mine = self.inside(cx) == cx.current_task();
        let object = cx.object(self, WHAT);
        let op = Op::new(act.kind, object, act.access, place);
        if mine {
            cx.point(op);
        } else {
            cx.wait(object, Gate::Exclusive, op, None);
        }
    }

    /// A scheduling point, and waits until nobody else is inside; then keeps everyone out.
    pub(super) fn enter(&self, act: &Act, place: Place) -> Option<Alone<'_>> {
        self.look(act, place);
        Some(self.close(current()?))
    }

    /// The same without a point, unless somebody is inside: for a task that was woken for this.
    pub(super) fn enter_again(&self, act: &Act, place: Place) -> Option<Alone<'_>> {
        let cx = current()?;
        if self.is_taken(cx) {
            self.look(act, place);
        }
        Some(self.close(cx))
    }
}

/// Waits until nobody else is inside, for a destructor: what follows happens even if the wait unwinds,
/// so that an unwinding task waits once more, which then does not unwind. With `left`, everyone is then
/// kept out, and it is set to 1 if the room is to be opened again.
fn wait_to_drop(room: &Room, act: &Act, place: Place, left: Option<&AtomicU32>) {
    struct Again<'a>(&'a Room, &'a Act, Place, Option<&'a AtomicU32>);
    impl Drop for Again<'_> {
        fn drop(&mut self) {
            let Some(cx) = current() else { return };
            if self.0.is_taken(cx) {
                self.0.look(self.1, self.2);
            }
            if let Some(left) = self.3 {
                let mut alone = self.0.close(cx);
                left.store(u32::from(alone.0.take().is_some()), Relaxed);
            }
        }
    }
    let _again = Again(room, act, place, left);
    room.look(act, place);
}

/// Placed in a struct before the real thing: waits, right before that is dropped, until nobody else is
/// inside, and keeps everyone out.
pub(super) struct Enter {
    pub(super) room: Room,
    act: &'static Act,
    place: Place,
    /// 1 if [`Leave`] is to open the room again.
    entered: Arc<AtomicU32>,
}

/// Placed in the struct after the real thing: lets others in when that has been dropped.
pub(super) struct Leave {
    room: Room,
    entered: Arc<AtomicU32>,
}

/// What stands around the real end of a channel.
pub(super) fn around(room: Room, act: &'static Act, place: Place) -> (Enter, Leave) {
    let entered = Arc::new(AtomicU32::new(0));
    let leave = Leave { room: room.clone(), entered: Arc::clone(&entered) };
    (Enter { room, act, place, entered }, leave)
}

impl Drop for Enter {
    fn drop(&mut self) {
        wait_to_drop(&self.room, self.act, self.place, Some(&self.entered));
    }
}

impl Drop for Leave {
    fn drop(&mut self) {
        if self.entered.load(Relaxed) == 1 {
            self.room.open();
        }
    }
}

/// A wait for a message. Declared after the real future, so dropped before it; if it still waits, that
/// one leaves the queue, under the channel's lock.
pub(super) struct Queue<'a> {
    room: &'a Room,
    act: &'static Act,
    place: Place,
    pub(super) waits: bool,
}

impl<'a> Queue<'a> {
    pub(super) fn new(room: &'a Room, act: &'static Act, place: Place) -> Self {
        Queue { room, act, place, waits: false }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        // Leaving the queue is seen by nobody: no point, unless somebody is inside.
        if self.waits && current().is_some_and(|cx| self.room.is_taken(cx)) {
            wait_to_drop(self.room, self.act, self.place, None);
        }
    }
}
