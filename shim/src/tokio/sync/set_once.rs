//! The mirror of `tokio::sync::SetOnce`.

use ::std::fmt;
use ::std::future::Future;
use ::std::panic::Location;

pub use ::tokio::sync::SetOnceError;
use coyote_engine::{Access, ObjectCell, OpKind};

use super::steer::{Act, Steered};

const WHAT: &str = "SetOnce";
static LOOK: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);
static SET: Act = Act::new(WHAT, OpKind::Store, Access::Write);
static WAIT: Act = Act::new(WHAT, OpKind::Wait, Access::Read);

/// A value that is set once, and can be waited for.
pub struct SetOnce<T> {
    cell: ObjectCell,
    real: ::tokio::sync::SetOnce<T>,
}

impl<T> SetOnce<T> {
    /// Creates an empty cell.
    #[track_caller]
    pub fn new() -> Self {
        SetOnce { cell: ObjectCell::new(), real: ::tokio::sync::SetOnce::new() }
    }

    /// Creates an empty cell, in a constant too.
    #[track_caller]
    pub const fn const_new() -> Self {
        SetOnce { cell: ObjectCell::new(), real: ::tokio::sync::SetOnce::const_new() }
    }

    /// Creates a cell with a value, or an empty one.
    #[track_caller]
    pub fn new_with(value: Option<T>) -> Self {
        SetOnce { cell: ObjectCell::new(), real: ::tokio::sync::SetOnce::new_with(value) }
    }

    /// Creates a cell with a value, in a constant too.
    #[track_caller]
    pub const fn const_new_with(value: T) -> Self {
        SetOnce { cell: ObjectCell::new(), real: ::tokio::sync::SetOnce::const_new_with(value) }
    }

    /// Returns whether there is a value.
    #[track_caller]
    pub fn initialized(&self) -> bool {
        LOOK.point(&self.cell, Location::caller());
        self.real.initialized()
    }

    /// Returns the value, if there is one.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        LOOK.point(&self.cell, Location::caller());
        self.real.get()
    }

    /// Sets the value, and lets those go on who wait for it.
    ///
    /// # Errors
    /// Gives `value` back if there is one already.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), SetOnceError<T>> {
        SET.point(&self.cell, Location::caller());
        self.real.set(value)
    }

    /// Takes the value out.
    pub fn into_inner(self) -> Option<T> {
        self.real.into_inner()
    }

    /// Waits for the value.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = &T> + use<'_, T> {
        Steered::new(&self.cell, &WAIT, Location::caller(), self.real.wait())
    }
}

impl<T> Default for SetOnce<T> {
    #[track_caller]
    fn default() -> Self {
        SetOnce::new()
    }
}

impl<T> From<T> for SetOnce<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        SetOnce::new_with(Some(value))
    }
}

impl<T: Clone> Clone for SetOnce<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        SetOnce::new_with(self.get().cloned())
    }
}

impl<T: PartialEq> PartialEq for SetOnce<T> {
    #[track_caller]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for SetOnce<T> {}

impl<T: fmt::Debug> fmt::Debug for SetOnce<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetOnce").field("value", &self.get()).finish()
    }
}
