//! What a [`LocalKey`] of a `Cell` or a `RefCell` offers besides.

use ::std::cell::{Cell, RefCell};

use super::local::{LocalKey, destroyed};

impl<T: 'static> LocalKey<Cell<T>> {
    /// Sets the value, without making the initial one first.
    ///
    /// # Panics
    /// Panics if the value was destroyed, the thread being about to end.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        let Some(cx) = coyote_engine::current() else { return self.real.set(value) };
        let mut value = Some(value);
        match self.value(cx, || Cell::new(value.take().expect("an initialiser runs once"))) {
            Ok(cell) => drop(value.map(|value| cell.set(value))),
            Err(error) => destroyed(error),
        }
    }

    /// Returns a copy of the value.
    ///
    /// # Panics
    /// Panics if the value was destroyed, the thread being about to end.
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes the value, and leaves the default.
    ///
    /// # Panics
    /// Panics if the value was destroyed, the thread being about to end.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Replaces the value, and returns the one before.
    ///
    /// # Panics
    /// Panics if the value was destroyed, the thread being about to end.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// Calls `f` with the value.
    ///
    /// # Panics
    /// Panics if the value is borrowed mutably, or was destroyed.
    #[track_caller]
    pub fn with_borrow<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        self.with(|cell| f(&cell.borrow()))
    }

    /// Calls `f` with the value, for changing it.
    ///
    /// # Panics
    /// Panics if the value is borrowed, or was destroyed.
    #[track_caller]
    pub fn with_borrow_mut<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        self.with(|cell| f(&mut cell.borrow_mut()))
    }

    /// Sets the value, without making the initial one first.
    ///
    /// # Panics
    /// Panics if the value is borrowed, or was destroyed.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        let Some(cx) = coyote_engine::current() else { return self.real.set(value) };
        let mut value = Some(value);
        match self.value(cx, || RefCell::new(value.take().expect("an initialiser runs once"))) {
            Ok(cell) => drop(value.map(|value| cell.replace(value))),
            Err(error) => destroyed(error),
        }
    }

    /// Takes the value, and leaves the default.
    ///
    /// # Panics
    /// Panics if the value is borrowed, or was destroyed.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// Replaces the value, and returns the one before.
    ///
    /// # Panics
    /// Panics if the value is borrowed, or was destroyed.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}
