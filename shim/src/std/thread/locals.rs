//! The thread-local values of threads under control, and which thread a task is.
//!
//! The values are in one slot of the engine's. When the thread ends, the engine drops the slot's
//! content; that runs the destructors of the values, latest first, each value being gone for the rest,
//! as std does. New values may come up meanwhile, and are destroyed in turn.

use ::std::any::Any;
use ::std::cell::{Cell, OnceCell, RefCell};
use ::std::rc::Rc;

use coyote_engine::{Context, LaneId, TaskId};

/// Names the slot: any address that is ours.
static SLOT: u8 = 0;

fn slot() -> usize {
    (&raw const SLOT).addr()
}

/// What belongs to a thread.
#[derive(Default)]
pub(super) struct Locals {
    /// The task that stands for the thread, where tasks share one.
    thread: OnceCell<TaskId>,
    values: RefCell<Vec<Value>>,
    /// Keys whose values were destroyed.
    dead: RefCell<Vec<usize>>,
    /// Keys whose values need no destructor, and stay to the end.
    dying: Cell<bool>,
}

struct Value {
    key: usize,
    has_destructor: bool,
    value: Rc<dyn Any>,
}

/// The slot's content; dropped by the engine when the thread ends.
struct Owner(Rc<Locals>);

impl Drop for Owner {
    fn drop(&mut self) {
        let Some(cx) = coyote_engine::current() else { return };
        if !self.0.has_work() {
            return;
        }
        self.0.dying.set(true);
        // Destructors see the same values. If one unwinds, the engine finds this, and goes on.
        cx.set_thread_local(slot(), Some(Rc::new(Owner(Rc::clone(&self.0)))));
        while let Some(value) = self.0.next_to_destroy() {
            drop(value);
        }
        cx.set_thread_local(slot(), None);
    }
}

impl Locals {
    fn has_work(&self) -> bool {
        self.values.borrow().iter().any(|value| value.has_destructor)
    }

    /// Takes the latest value that has a destructor; its key is dead from here on.
    fn next_to_destroy(&self) -> Option<Rc<dyn Any>> {
        let mut values = self.values.borrow_mut();
        let at = values.iter().rposition(|value| value.has_destructor)?;
        let value = values.remove(at);
        self.dead.borrow_mut().push(value.key);
        Some(value.value)
    }

    /// Returns the value under a key: None if there is none yet, an error if it was destroyed.
    pub(super) fn value(&self, key: usize) -> Result<Option<Rc<dyn Any>>, Destroyed> {
        if self.dying.get() && self.dead.borrow().contains(&key) {
            return Err(Destroyed);
        }
        Ok(self.values.borrow().iter().find(|value| value.key == key).map(|value| Rc::clone(&value.value)))
    }

    /// Sets the value under a key, and returns the one before.
    pub(super) fn set_value(
        &self,
        key: usize,
        has_destructor: bool,
        value: Rc<dyn Any>,
    ) -> Option<Rc<dyn Any>> {
        let mut values = self.values.borrow_mut();
        match values.iter_mut().find(|value| value.key == key) {
            Some(old) => Some(::std::mem::replace(&mut old.value, value)),
            None => {
                values.push(Value { key, has_destructor, value });
                None
            }
        }
    }
}

/// The value was destroyed, the thread being about to end.
pub(super) struct Destroyed;

/// Returns what belongs to the current thread.
pub(super) fn of_current(cx: Context) -> Rc<Locals> {
    if let Some(found) = cx.thread_local(slot()).and_then(|owner| owner.downcast::<Owner>().ok()) {
        return Rc::clone(&found.0);
    }
    let locals = Rc::new(Locals::default());
    cx.set_thread_local(slot(), Some(Rc::new(Owner(Rc::clone(&locals)))));
    locals
}

/// Returns the task that stands for the current thread: the current one, unless it shares a thread with
/// others, being in a lane of one place.
pub(super) fn current_task(cx: Context) -> TaskId {
    let current = cx.current_task();
    if cx.in_thread() || cx.current_lane() == LaneId::UNLIMITED {
        return current;
    }
    *of_current(cx).thread.get_or_init(|| cx.lane_thread().unwrap_or(current))
}
