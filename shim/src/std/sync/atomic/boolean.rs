//! `AtomicBool`.

use ::std::fmt;
use ::std::panic::Location;
use ::std::sync::atomic as real;
use ::std::sync::atomic::Ordering;

use coyote_engine::{ObjectCell, OpKind};

/// An atomic boolean, as [`std::sync::atomic::AtomicBool`](real::AtomicBool).
pub struct AtomicBool {
    object: ObjectCell,
    inner: real::AtomicBool,
}

impl AtomicBool {
    /// Creates an atomic with a value.
    #[track_caller]
    #[must_use]
    pub const fn new(v: bool) -> AtomicBool {
        AtomicBool { object: ObjectCell::new(), inner: real::AtomicBool::new(v) }
    }

    super::common!(bool);

    super::rmw! { bool:
        fetch_and "Stores the logical and with `val`.",
        fetch_nand "Stores the negated logical and with `val`.",
        fetch_or "Stores the logical or with `val`.",
        fetch_xor "Stores the exclusive or with `val`.",
    }

    /// Negates the value, and returns the one before.
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        super::point(&self.object, OpKind::Rmw, order, Location::caller());
        self.inner.fetch_not(order)
    }
}

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> Self {
        Self::new(false)
    }
}

impl From<bool> for AtomicBool {
    #[track_caller]
    fn from(value: bool) -> Self {
        Self::new(value)
    }
}

impl fmt::Debug for AtomicBool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
