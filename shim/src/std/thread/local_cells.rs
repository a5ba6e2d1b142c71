//! What a [`LocalKey`] of a `Cell` or a `RefCell` offers besides.

use ::std::cell::{Cell, RefCell};

use super::local::{LocalKey, destroyed};
use crate::std::cell::Cell as Tracked;

/// Writes the methods for one kind of cell. Outside of control, `set` does so without the initial value, too.
macro_rules! of_cell {
    ($cell:ident, |$key:ident, $value:ident| $outside:expr) => {
        impl<T: 'static> LocalKey<$cell<T>> {
            /// Sets the value, without making the initial one first.
            ///
            /// # Panics
            /// Panics if the value was destroyed, the thread being about to end.
            #[track_caller]
            pub fn set(&'static self, value: T) {
                let Some(cx) = coyote_engine::current() else {
                    let ($key, $value) = (&self.real, value);
                    return $outside;
                };
                let mut value = Some(value);
                match self.value(cx, || <$cell<T>>::new(value.take().expect("an initialiser runs once"))) {
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
                self.with(<$cell<T>>::get)
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
                self.with(<$cell<T>>::take)
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
    };
}

of_cell!(Cell, |key, value| key.set(value));
of_cell!(Tracked, |key, value| key.with(|cell| cell.set(value)));

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
