//! How code that builds a runtime itself comes under control, in the middle of a function, and leaves it.
//!
//! Where nothing controls a thread, and something is made that needs a runtime's tasks, the [`Hooks`] are
//! asked. If they say so, the calling code becomes the root of an execution of its own, until the last such
//! thing is gone.

use ::std::cell::{Cell, RefCell};
use ::std::rc::Rc;
use ::std::sync::atomic::{AtomicUsize, Ordering};
use ::std::sync::{Arc, OnceLock};

use coyote_engine::{Context, Decision, InPlace, Left, Outcome};

use crate::support::Place;
use crate::tokio::runtime::context;

/// What the layer above wants.
#[derive(Clone, Copy, Debug)]
pub struct Hooks {
    /// Returns how the code at that place is to come under control, if it is to.
    pub enter: fn(Place) -> Option<InPlace>,
    /// Returns whether the calling thread is one whose code would be asked about.
    pub is_asked_here: fn() -> bool,
    /// Told what came of it.
    pub left: fn(&Outcome, &[Decision]),
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// The number of the root task.
const ROOT: coyote_engine::TaskId = 1;

/// Sets the hooks; those that are set first stay.
pub fn install(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

/// Returns whether the calling thread is one whose code could come under control in place.
pub(crate) fn is_asked_here() -> bool {
    HOOKS.get().is_some_and(|hooks| (hooks.is_asked_here)())
}

/// Returns the execution that controls this thread; one that begins here if that is wanted.
pub(crate) fn current_or_enter(place: Place) -> Option<Context> {
    if let Some(cx) = coyote_engine::current() {
        if !cx.is_in_place() || cx.is_running() || cx.current_task() != ROOT {
            return Some(cx);
        }
        // What came to its end before, in a function that was left by unwinding.
        leave();
    }
    let in_place = (HOOKS.get()?.enter)(place)?;
    // What was there before may go: all functions that were in it have returned.
    drop(LAST.with(Last::take));
    coyote_engine::enter_in_place(in_place);
    coyote_engine::current()
}

::std::thread_local! {
    static LAST: Last = const { Last { left: RefCell::new(None), is_leaving: Cell::new(false) } };
}

/// The execution that this thread left last: functions that return now may refer to it still.
struct Last {
    left: RefCell<Option<Left>>,
    is_leaving: Cell<bool>,
}

impl Last {
    fn take(&self) -> Option<Left> {
        self.left.take()
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        // The thread ends without having left: something was forgotten, or lies in a static.
        self.is_leaving.set(true);
        drop(coyote_engine::leave_in_place());
    }
}

/// Ends the execution that the calling code has entered in place, if it has.
fn leave() {
    let Ok(false) = LAST.try_with(|last| last.is_leaving.replace(true)) else { return };
    let left = coyote_engine::leave_in_place();
    LAST.with(|last| last.is_leaving.set(false));
    if let Some(left) = left {
        if let Some(hooks) = HOOKS.get() {
            (hooks.left)(&left.outcome, &left.decisions);
        }
        LAST.with(|last| *last.left.borrow_mut() = Some(left));
    }
}

/// Keeps the execution that was entered in place.
#[derive(Debug)]
pub(crate) struct Hold {
    execution: u64,
    holds: Arc<AtomicUsize>,
}

fn key() -> usize {
    static KEY: u8 = 0;
    (&raw const KEY).addr()
}

fn holds(cx: Context) -> Option<Arc<AtomicUsize>> {
    cx.global(key())?.downcast_ref::<Arc<AtomicUsize>>().cloned()
}

impl Hold {
    /// Keeps an execution in place; None for any other, which needs no keeping.
    pub(crate) fn new(cx: Context) -> Option<Hold> {
        if !cx.is_in_place() {
            return None;
        }
        let holds = holds(cx).unwrap_or_else(|| {
            let holds: Arc<AtomicUsize> = Arc::default();
            cx.set_global(key(), Rc::new(Arc::clone(&holds)));
            holds
        });
        holds.fetch_add(1, Ordering::Relaxed);
        Some(Hold { execution: cx.id(), holds })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let was_last = self.holds.fetch_sub(1, Ordering::Relaxed) == 1;
        if let Some(cx) = coyote_engine::current().filter(|cx| was_last && cx.id() == self.execution) {
            leave_if_free(cx);
        }
    }
}

/// Leaves if the last thing that kept the execution went away where it could not be left.
pub(crate) fn settle() {
    if let Some(cx) = coyote_engine::current().filter(|cx| cx.is_in_place())
        && holds(cx).is_none_or(|holds| holds.load(Ordering::Relaxed) == 0)
    {
        leave_if_free(cx);
    }
}

fn leave_if_free(cx: Context) {
    if cx.current_task() == ROOT && context::may_block(cx) {
        leave();
    }
}
