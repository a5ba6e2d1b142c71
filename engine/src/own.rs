//! State of one execution that only its thread touches.

#![expect(unsafe_code, reason = "a cell for state that is never borrowed across user code")]

use std::cell::UnsafeCell;

/// A cell whose content is reached by closures that never call back into the engine or into user code.
///
/// That rule is what a `RefCell` would check at run time on the hot path; here debug builds check it,
/// and release builds rely on it.
#[derive(Default)]
pub(crate) struct Own<T> {
    #[cfg(debug_assertions)]
    busy: std::cell::Cell<bool>,
    value: UnsafeCell<T>,
}

impl<T> Own<T> {
    pub(crate) const fn new(value: T) -> Self {
        Own {
            #[cfg(debug_assertions)]
            busy: std::cell::Cell::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Lends the content to `f`, which must not reach this cell again.
    #[inline]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(debug_assertions)]
        enter(&self.busy);
        // SAFETY: `Own` is not `Sync`, and by the rule above no other borrow is alive: debug builds
        // have just checked it.
        let result = f(unsafe { &mut *self.value.get() });
        #[cfg(debug_assertions)]
        self.busy.set(false);
        result
    }

    /// Copies something out, or in, in one expression.
    #[inline]
    pub(crate) fn get<R: Copy>(&self, f: impl FnOnce(&T) -> R) -> R {
        self.with(|value| f(value))
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

/// Not part of `with`, which a dev build compiles some hundred times.
#[cfg(debug_assertions)]
fn enter(busy: &std::cell::Cell<bool>) {
    assert!(!busy.replace(true), "engine state borrowed twice: a bug in the engine");
}
