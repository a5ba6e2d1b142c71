//! The mirror of `std::sync::OnceLock`.

use ::std::fmt;
use ::std::sync as real;

use coyote_engine::{Access, OpKind, current};

use super::hold::here;
use super::init::{InitGate, Stage};

const WHAT: &str = "OnceLock";

/// A cell that is written once, as [`std::sync::OnceLock`](::std::sync::OnceLock).
pub struct OnceLock<T> {
    gate: InitGate,
    inner: real::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// Creates an empty cell.
    #[track_caller]
    #[must_use]
    pub const fn new() -> OnceLock<T> {
        OnceLock { gate: InitGate::new(), inner: real::OnceLock::new() }
    }

    /// Returns the value, if there is one; never blocks.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if let Some(cx) = current() {
            self.gate.point(cx, WHAT, (OpKind::Inspect, Access::Read), here());
        }
        self.inner.get()
    }

    /// Returns the value, if there is one.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.inner.get_mut()
    }

    /// Blocks until there is a value, and returns it.
    #[track_caller]
    pub fn wait(&self) -> &T {
        let Some(cx) = current() else { return self.inner.wait() };
        self.gate.wait(cx, WHAT, self.stage(), false, here());
        self.value()
    }

    /// Writes the value if there is none; blocks while another thread initialises the cell.
    ///
    /// # Errors
    /// Returns `value` if there is one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.get_or_init(|| value.take().expect("an initialiser runs once"));
        match value {
            None => Ok(()),
            Some(value) => Err(value),
        }
    }

    /// Returns the value, which is what `f` returns if there was none; blocks while another thread
    /// initialises the cell. If `f` initialises this very cell, that is a deadlock.
    ///
    /// # Panics
    /// Panics if `f` does; the cell is empty then.
    #[track_caller]
    pub fn get_or_init<F>(&self, f: F) -> &T
    where
        F: FnOnce() -> T,
    {
        let place = here();
        let Some(cx) = current() else {
            if let Some(value) = self.inner.get() {
                return value;
            }
            self.gate.foreign_begins(WHAT, place);
            let value = self.inner.get_or_init(f);
            self.gate.foreign_ended(Stage::Done);
            return value;
        };
        if let Some(running) = self.gate.begin(cx, WHAT, &|| self.inner.get().is_some(), place) {
            self.inner.get_or_init(|| {
                let value = f();
                running.before_end();
                value
            });
            running.ended(Stage::Done);
        }
        self.value()
    }

    /// Consumes the cell and returns its value, if there is one.
    pub fn into_inner(self) -> Option<T> {
        self.inner.into_inner()
    }

    /// Takes the value out, if there is one: the cell is empty then.
    pub fn take(&mut self) -> Option<T> {
        let value = self.inner.take();
        if let Some(cx) = current() {
            self.gate.show(&cx, Stage::Open);
        }
        value
    }

    fn value(&self) -> &T {
        self.inner.get().expect("the cell was just initialised")
    }

    fn stage(&self) -> Stage {
        if self.inner.get().is_some() { Stage::Done } else { Stage::Open }
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> OnceLock<T> {
        match self.get() {
            Some(value) => OnceLock::from(value.clone()),
            None => OnceLock::new(),
        }
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        OnceLock { gate: InitGate::new(), inner: real::OnceLock::from(value) }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    #[track_caller]
    fn eq(&self, other: &OnceLock<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}
