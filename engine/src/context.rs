//! The engine's one thread-local: which execution this OS thread is running.

#![expect(unsafe_code, reason = "a pointer to the execution on this thread")]

use std::cell::Cell;

use crate::execution::Execution;

thread_local! {
    static CURRENT: Cell<*const Execution> = const { Cell::new(std::ptr::null()) };
}

/// A handle to the execution that runs on this OS thread.
///
/// It is valid while that execution runs, which is as long as any code under control can hold it: it
/// is neither `Send` nor meant to be stored.
#[derive(Clone, Copy)]
pub struct Context(*const Execution);

impl std::ops::Deref for Context {
    type Target = Execution;

    #[inline]
    fn deref(&self) -> &Execution {
        // SAFETY: a context is made by `current` alone, while `Entered` keeps the execution alive and
        // in place; tasks, which alone can hold contexts, have ended when `Entered` is dropped. One that
        // was entered in place lives on in what `leave_in_place` returns.
        unsafe { &*self.0 }
    }
}

/// Returns the execution that controls this OS thread, if there is one.
///
/// None means: no exploration is running here, so behave as the real crate does.
pub fn current() -> Option<Context> {
    let execution = CURRENT.try_with(Cell::get).unwrap_or(std::ptr::null());
    if execution.is_null() { None } else { Some(Context(execution)) }
}

#[inline(always)]
pub(crate) fn with_current<R>(f: impl FnOnce(&Execution) -> R) -> Option<R> {
    let execution = CURRENT.try_with(Cell::get).unwrap_or(std::ptr::null());
    // SAFETY: as for `Context`.
    unsafe { execution.as_ref() }.map(f)
}

/// Makes an execution the current one until [`clear`].
///
/// # Panics
/// Panics if this thread is running an execution already.
pub(crate) fn set(execution: &Execution) {
    CURRENT.with(|current| {
        assert!(
            current.get().is_null(),
            "an exploration was started inside another: run it outside of the test body"
        );
        current.set(execution);
    });
}

/// Leaves this thread without an execution.
pub(crate) fn clear() {
    CURRENT.with(|current| current.set(std::ptr::null()));
}

/// Makes an execution the current one until dropped.
pub(crate) struct Entered<'a>(#[expect(dead_code, reason = "keeps it borrowed")] &'a Execution);

impl<'a> Entered<'a> {
    /// # Panics
    /// Panics if this thread is running an execution already: explorations do not nest.
    pub(crate) fn new(execution: &'a Execution) -> Self {
        set(execution);
        Entered(execution)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        clear();
    }
}
