//! The mirror of `std::cell::UnsafeCell`.

use ::std::cell as real;
use ::std::fmt;
use ::std::panic::Location;

use coyote_engine::ObjectCell;

use super::touch_at;

const WHAT: &str = "UnsafeCell";

/// What all shared mutability is made of, as [`std::cell::UnsafeCell`](real::UnsafeCell).
///
/// Accesses are tracked where the pointer is got, not where it is used. [`get`](Self::get) counts as a read, and in
/// instrumented code as a write if the pointer is written through on the spot: `*cell.get() = …`,
/// `&mut *cell.get()`, `cell.get().write(…)`. A pointer that is kept, or passed to another function, and written
/// through there, is a read to the detector of data races: two such writes are no race to it.
pub struct UnsafeCell<T: ?Sized> {
    object: ObjectCell,
    inner: real::UnsafeCell<T>,
}

impl<T> UnsafeCell<T> {
    /// Creates a cell.
    #[track_caller]
    #[inline]
    pub const fn new(value: T) -> UnsafeCell<T> {
        UnsafeCell { object: ObjectCell::new(), inner: real::UnsafeCell::new(value) }
    }

    /// Returns a pointer to the value of a cell that is not referred to. What is done through it is not tracked. Unlike
    /// the real one, this is there for types of known size only.
    pub const fn raw_get(this: *const Self) -> *mut T {
        this.wrapping_byte_add(::std::mem::offset_of!(Self, inner)).cast::<T>().cast_mut()
    }

    /// Consumes the cell and returns its value.
    pub fn into_inner(self) -> T {
        self.inner.into_inner()
    }
}

impl<T: ?Sized> UnsafeCell<T> {
    /// Returns a pointer to the value. This counts as reading it, here and now, whatever is done through the
    /// pointer later.
    #[track_caller]
    pub fn get(&self) -> *mut T {
        let pointer = self.inner.get();
        touch_at(&self.object, WHAT, (false, pointer.addr()), Location::caller());
        pointer
    }

    /// Returns the value: nobody else can see it.
    pub fn get_mut(&mut self) -> &mut T {
        self.inner.get_mut()
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    #[track_caller]
    fn default() -> UnsafeCell<T> {
        UnsafeCell::new(T::default())
    }
}

impl<T> From<T> for UnsafeCell<T> {
    #[track_caller]
    fn from(value: T) -> UnsafeCell<T> {
        UnsafeCell::new(value)
    }
}

impl<T: ?Sized> fmt::Debug for UnsafeCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsafeCell").finish_non_exhaustive()
    }
}
