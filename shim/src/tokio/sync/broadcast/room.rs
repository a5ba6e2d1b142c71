//! The lock around a broadcast channel, as the engine sees it.
//!
//! The real channel clones and drops messages under locks of the OS thread, and that runs code of the
//! user. All tasks share one OS thread: whoever waited for such a lock would wait for ever. So tasks
//! wait here instead, and find the real ones free.

use ::std::sync::Arc;

use coyote_engine::{Context, Gate, ObjectCell, ObjectId, Op, current};

use super::WHAT;
use crate::support::Place;
use crate::tokio::sync::steer::Act;

/// Being alone with the channel, until dropped.
pub(super) struct Alone<'a>(&'a ObjectCell);

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        open(self.0);
    }
}

fn close(cx: Context, object: ObjectId) {
    cx.set_gate(object, Gate::Exclusive, false);
    cx.set_owner(object, true);
}

fn open(cell: &ObjectCell) {
    if let Some(cx) = current() {
        if let Some(object) = cx.known_object(cell) {
            cx.set_owner(object, false);
            cx.set_gate(object, Gate::Exclusive, true);
        }
    }
}

/// A scheduling point, and waits until nobody else is inside.
pub(super) fn look(cell: &ObjectCell, act: &Act, place: Place) {
    if let Some(cx) = current() {
        let object = cx.object(cell, WHAT);
        cx.wait(object, Gate::Exclusive, Op::new(act.kind, object, act.access, place), None);
    }
}

/// A scheduling point, and waits until nobody else is inside; then keeps everyone out.
pub(super) fn enter<'a>(cell: &'a ObjectCell, act: &Act, place: Place) -> Option<Alone<'a>> {
    look(cell, act, place);
    let cx = current()?;
    close(cx, cx.object(cell, WHAT));
    Some(Alone(cell))
}

/// The same without a point, unless somebody is inside: for a task that was woken for this.
pub(super) fn enter_again<'a>(cell: &'a ObjectCell, act: &Act, place: Place) -> Option<Alone<'a>> {
    let cx = current()?;
    let object = cx.object(cell, WHAT);
    if !cx.is_open(object, Gate::Exclusive) {
        look(cell, act, place);
    }
    close(cx, object);
    Some(Alone(cell))
}

/// Waits until nobody else is inside, for a destructor: what follows happens even if the wait unwinds,
/// so that an unwinding task waits once more, which then does not unwind.
fn wait_to_drop(cell: &ObjectCell, act: &Act, place: Place, then: impl FnOnce(Context, ObjectId)) {
    struct Again<'a, F: FnOnce(Context, ObjectId)>(&'a ObjectCell, &'a Act, Place, Option<F>);
    impl<F: FnOnce(Context, ObjectId)> Drop for Again<'_, F> {
        fn drop(&mut self) {
            let Some(cx) = current() else { return };
            let object = cx.object(self.0, WHAT);
            if !cx.is_open(object, Gate::Exclusive) {
                look(self.0, self.1, self.2);
            }
            if let Some(then) = self.3.take() {
                then(cx, object);
            }
        }
    }
    let _again = Again(cell, act, place, Some(then));
    look(cell, act, place);
}

/// Placed in a struct before the real thing: waits, right before that is dropped, until nobody else is
/// inside, and keeps everyone out.
pub(super) struct Enter {
    pub(super) cell: Arc<ObjectCell>,
    act: &'static Act,
    place: Place,
}

impl Enter {
    pub(super) fn new(cell: Arc<ObjectCell>, act: &'static Act, place: Place) -> Self {
        Enter { cell, act, place }
    }
}

impl Drop for Enter {
    fn drop(&mut self) {
        wait_to_drop(&self.cell, self.act, self.place, close);
    }
}

/// Placed in a struct after the real thing: lets others in when that has been dropped.
pub(super) struct Leave(pub(super) Arc<ObjectCell>);

impl Drop for Leave {
    fn drop(&mut self) {
        open(&self.0);
    }
}

/// A wait for a message. Declared after the real future, so dropped before it; if it still waits, that
/// one leaves the queue, under the channel's lock.
pub(super) struct Queue<'a> {
    cell: &'a ObjectCell,
    act: &'static Act,
    place: Place,
    pub(super) waits: bool,
}

impl<'a> Queue<'a> {
    pub(super) fn new(cell: &'a ObjectCell, act: &'static Act, place: Place) -> Self {
        Queue { cell, act, place, waits: false }
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        // Leaving the queue is seen by nobody: no point, unless somebody is inside.
        let inside = |cx: Context| !cx.is_open(cx.object(self.cell, WHAT), Gate::Exclusive);
        if self.waits && current().is_some_and(inside) {
            wait_to_drop(self.cell, self.act, self.place, |_, _| ());
        }
    }
}
