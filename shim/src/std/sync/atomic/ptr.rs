//! `AtomicPtr`.

use ::std::fmt;
use ::std::panic::Location;
use ::std::sync::atomic as real;
use ::std::sync::atomic::Ordering;

use coyote_engine::{ObjectCell, OpKind};

/// An atomic raw pointer, as [`std::sync::atomic::AtomicPtr`](real::AtomicPtr).
pub struct AtomicPtr<T> {
    object: ObjectCell,
    inner: real::AtomicPtr<T>,
}

impl<T> AtomicPtr<T> {
    /// Creates an atomic with a value.
    #[track_caller]
    #[must_use]
    pub const fn new(p: *mut T) -> AtomicPtr<T> {
        AtomicPtr { object: ObjectCell::new(), inner: real::AtomicPtr::new(p) }
    }

    super::common!(*mut T);

    /// Moves the pointer ahead by `val` values, wrapping around; returns the one before.
    #[track_caller]
    pub fn fetch_ptr_add(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.wrapping_add(val))
    }

    /// Moves the pointer back by `val` values, wrapping around; returns the one before.
    #[track_caller]
    pub fn fetch_ptr_sub(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.wrapping_sub(val))
    }

    /// Moves the pointer ahead by `val` bytes, wrapping around; returns the one before.
    #[track_caller]
    pub fn fetch_byte_add(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.wrapping_byte_add(val))
    }

    /// Moves the pointer back by `val` bytes, wrapping around; returns the one before.
    #[track_caller]
    pub fn fetch_byte_sub(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.wrapping_byte_sub(val))
    }

    /// Stores the bitwise or of the address with `val`; returns the pointer before.
    #[track_caller]
    pub fn fetch_or(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.map_addr(|addr| addr | val))
    }

    /// Stores the bitwise and of the address with `val`; returns the pointer before.
    #[track_caller]
    pub fn fetch_and(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.map_addr(|addr| addr & val))
    }

    /// Stores the bitwise exclusive or of the address with `val`; returns the pointer before.
    #[track_caller]
    pub fn fetch_xor(&self, val: usize, order: Ordering) -> *mut T {
        self.in_one_step(order, Location::caller(), |p| p.map_addr(|addr| addr ^ val))
    }

    /// One scheduling point, then a loop that only threads outside of control can disturb: the real
    /// methods are newer than the oldest supported compiler.
    fn in_one_step(
        &self,
        order: Ordering,
        place: crate::support::Place,
        change: impl Fn(*mut T) -> *mut T,
    ) -> *mut T {
        super::point(&self.object, OpKind::Rmw, order, place);
        let changed = self.inner.fetch_update(order, super::failure_of(order), |p| Some(change(p)));
        changed.unwrap_or_else(|before| before)
    }
}

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(::std::ptr::null_mut())
    }
}

impl<T> From<*mut T> for AtomicPtr<T> {
    #[track_caller]
    fn from(p: *mut T) -> Self {
        Self::new(p)
    }
}

impl<T> fmt::Debug for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.inner, f)
    }
}

impl<T> fmt::Pointer for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.inner, f)
    }
}
