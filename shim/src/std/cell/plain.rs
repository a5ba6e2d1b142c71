//! The mirror of `std::cell::Cell`.

use ::std::cell as real;
use ::std::cmp::Ordering;
use ::std::fmt;
use ::std::panic::Location;

use coyote_engine::ObjectCell;

use super::touch;

const WHAT: &str = "Cell";

/// A value that can be changed while it is shared by one thread, as [`std::cell::Cell`](real::Cell).
pub struct Cell<T: ?Sized> {
    object: ObjectCell,
    inner: real::Cell<T>,
}

impl<T> Cell<T> {
    /// Creates a cell.
    #[track_caller]
    #[inline]
    pub const fn new(value: T) -> Cell<T> {
        Cell { object: ObjectCell::new(), inner: real::Cell::new(value) }
    }

    /// Sets the value.
    #[track_caller]
    pub fn set(&self, val: T) {
        touch(&self.object, WHAT, true, Location::caller());
        self.inner.set(val);
    }

    /// Swaps the values of two cells.
    #[track_caller]
    pub fn swap(&self, other: &Cell<T>) {
        touch(&self.object, WHAT, true, Location::caller());
        touch(&other.object, WHAT, true, Location::caller());
        self.inner.swap(&other.inner);
    }

    /// Replaces the value, and returns the one before.
    #[track_caller]
    pub fn replace(&self, val: T) -> T {
        touch(&self.object, WHAT, true, Location::caller());
        self.inner.replace(val)
    }

    /// Consumes the cell and returns its value.
    pub fn into_inner(self) -> T {
        self.inner.into_inner()
    }
}

impl<T: Copy> Cell<T> {
    /// Returns a copy of the value.
    #[track_caller]
    pub fn get(&self) -> T {
        touch(&self.object, WHAT, false, Location::caller());
        self.inner.get()
    }

    /// Replaces the value by what `f` makes of it.
    #[track_caller]
    pub fn update(&self, f: impl FnOnce(T) -> T) {
        let place = Location::caller();
        touch(&self.object, WHAT, false, place);
        let new = f(self.inner.get());
        touch(&self.object, WHAT, true, place);
        self.inner.set(new);
    }
}

impl<T: ?Sized> Cell<T> {
    /// Returns a pointer to the value. What is done through it is not tracked.
    pub const fn as_ptr(&self) -> *mut T {
        self.inner.as_ptr()
    }

    /// Returns the value: nobody else can see it.
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }
}

impl<T: Default> Cell<T> {
    /// Takes the value, and leaves the default.
    #[track_caller]
    pub fn take(&self) -> T {
        self.replace(T::default())
    }
}

impl<T: Copy> Clone for Cell<T> {
    #[track_caller]
    fn clone(&self) -> Cell<T> {
        Cell::new(self.get())
    }
}

impl<T: Default> Default for Cell<T> {
    #[track_caller]
    fn default() -> Cell<T> {
        Cell::new(T::default())
    }
}

impl<T> From<T> for Cell<T> {
    #[track_caller]
    fn from(value: T) -> Cell<T> {
        Cell::new(value)
    }
}

impl<T: PartialEq + Copy> PartialEq for Cell<T> {
    #[track_caller]
    fn eq(&self, other: &Cell<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq + Copy> Eq for Cell<T> {}

impl<T: PartialOrd + Copy> PartialOrd for Cell<T> {
    #[track_caller]
    fn partial_cmp(&self, other: &Cell<T>) -> Option<Ordering> {
        self.get().partial_cmp(&other.get())
    }
}

impl<T: Ord + Copy> Ord for Cell<T> {
    #[track_caller]
    fn cmp(&self, other: &Cell<T>) -> Ordering {
        self.get().cmp(&other.get())
    }
}

impl<T: Copy + fmt::Debug> fmt::Debug for Cell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
