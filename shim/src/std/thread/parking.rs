//! Where threads under control park and sleep.

use ::std::cell::RefCell;
use ::std::collections::BTreeMap;
use ::std::rc::Rc;

use coyote_engine::{Access, Context, Execution, Gate, ObjectCell, ObjectId, Op, OpKind, TaskId};

use super::locals;
use crate::support::Place;

/// Names the value of the execution's that has the objects: any address that is ours.
static KEY: u8 = 0;

/// The objects of each thread that has had a use for them.
#[derive(Default)]
struct Objects {
    /// The exclusive gate is the park token: open while that is there.
    tokens: RefCell<BTreeMap<TaskId, ObjectId>>,
    /// The exclusive gate is never open: where the thread sleeps.
    pillows: RefCell<BTreeMap<TaskId, ObjectId>>,
}

fn objects(execution: &Execution) -> Rc<Objects> {
    let key = (&raw const KEY).addr();
    if let Some(found) = execution.global(key).and_then(|found| found.downcast().ok()) {
        return found;
    }
    let objects = Rc::new(Objects::default());
    execution.set_global(key, Rc::clone(&objects) as Rc<dyn ::std::any::Any>);
    objects
}

/// Makes an object whose gate is closed, for a thread.
fn closed(execution: &Execution, task: TaskId, what: &'static str) -> ObjectId {
    let object = execution.object(&ObjectCell::at(execution.created_at(task)), what);
    execution.set_gate(object, Gate::Exclusive, false);
    object
}

/// Returns the park token of the thread that a task stands for; a new one is not there.
pub(super) fn token(execution: &Execution, task: TaskId) -> ObjectId {
    let objects = objects(execution);
    let mut tokens = objects.tokens.borrow_mut();
    *tokens.entry(task).or_insert_with(|| closed(execution, task, "thread"))
}

/// Waits for the current thread's park token, and takes it, or until the virtual time `deadline`.
pub(super) fn park(cx: Context, deadline: Option<u64>, place: Place) {
    let token = token(&cx, locals::current_task(cx));
    cx.wait(token, Gate::Exclusive, Op::new(OpKind::Park, token, Access::Acquire, place), deadline);
    cx.set_gate(token, Gate::Exclusive, false);
}

/// Waits until the virtual time `deadline`; None: for ever.
pub(super) fn sleep(cx: Context, deadline: Option<u64>, place: Place) {
    let task = cx.current_task();
    let objects = objects(&cx);
    let pillow = *objects.pillows.borrow_mut().entry(task).or_insert_with(|| closed(&cx, task, "sleep"));
    drop(objects);
    cx.wait(pillow, Gate::Exclusive, Op::new(OpKind::Sleep, pillow, Access::None, place), deadline);
}
