//! `thread_local!` and `LocalKey`.

use ::std::any::Any;
use ::std::error::Error;
use ::std::fmt;
use ::std::rc::Rc;
use ::std::thread as real;

use coyote_engine::Context;

use super::locals::{self, Destroyed};

/// Declares thread-local variables, as [`std::thread_local!`](::std::thread_local).
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_std_thread_local {
    () => {};
    ($(#[$attr:meta])* $vis:vis static $name:ident : $t:ty = const $init:block; $($rest:tt)*) => {
        $crate::__coyote_std_thread_local!(@key [$(#[$attr])*] [$vis] $name, $t, const $init, const { $init });
        $crate::__coyote_std_thread_local!($($rest)*);
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident : $t:ty = const $init:block) => {
        $crate::__coyote_std_thread_local!(@key [$(#[$attr])*] [$vis] $name, $t, const $init, const { $init });
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident : $t:ty = $init:expr; $($rest:tt)*) => {
        $crate::__coyote_std_thread_local!(@key [$(#[$attr])*] [$vis] $name, $t, $init, $init);
        $crate::__coyote_std_thread_local!($($rest)*);
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident : $t:ty = $init:expr) => {
        $crate::__coyote_std_thread_local!(@key [$(#[$attr])*] [$vis] $name, $t, $init, $init);
    };
    // A static, for its address is the key.
    (@key [$($attr:tt)*] [$vis:vis] $name:ident, $t:ty, $($rest:tt)*) => {
        $($attr)*
        $vis static $name: $crate::std::thread::LocalKey<$t> =
            $crate::__coyote_std_thread_local!(@value $t, $($rest)*);
    };
    (@value $t:ty, const $real:block, $init:expr) => {{
        ::std::thread_local! { static REAL: $t = const $real; }
        fn init() -> $t { $init }
        $crate::std::thread::LocalKey::__new(&REAL, init)
    }};
    (@value $t:ty, $real:expr, $init:expr) => {{
        fn init() -> $t { $init }
        ::std::thread_local! { static REAL: $t = init(); }
        $crate::std::thread::LocalKey::__new(&REAL, init)
    }};
}

/// A thread-local variable, as [`std::thread::LocalKey`](real::LocalKey).
///
/// Each thread under control has a value of its own; tasks that share a lane of one place, and so an OS
/// thread for real, share it.
pub struct LocalKey<T: 'static> {
    pub(super) real: &'static real::LocalKey<T>,
    init: fn() -> T,
}

/// The thread-local variable was destroyed already, or is being so.
#[non_exhaustive]
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct AccessError;

impl fmt::Debug for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessError").finish()
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl Error for AccessError {}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn __new(real: &'static real::LocalKey<T>, init: fn() -> T) -> LocalKey<T> {
        LocalKey { real, init }
    }

    /// Calls `f` with the current thread's value, which is made now if there is none yet.
    ///
    /// # Panics
    /// Panics if the value was destroyed, the thread being about to end.
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(f) {
            Ok(result) => result,
            Err(error) => destroyed(error),
        }
    }

    /// Calls `f` with the current thread's value, which is made now if there is none yet.
    ///
    /// # Errors
    /// Returns an error if the value was destroyed, the thread being about to end.
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        match coyote_engine::current() {
            Some(cx) => Ok(f(&*self.value(cx, self.init)?)),
            None => self.real.try_with(f).map_err(|_| AccessError),
        }
    }

    /// Returns the current thread's value under control, made by `init` if there is none yet.
    pub(super) fn value(&'static self, cx: Context, init: impl FnOnce() -> T) -> Result<Rc<T>, AccessError> {
        let locals = locals::of_current(cx);
        let key = ::std::ptr::from_ref(self).addr();
        let found: Option<Rc<dyn Any>> = locals.value(key).map_err(|Destroyed| AccessError)?;
        if let Some(value) = found.and_then(|value| value.downcast::<T>().ok()) {
            return Ok(value);
        }
        // The initialiser may use other keys, or switch tasks.
        let value = Rc::new(init());
        let old = locals.set_value(key, ::std::mem::needs_drop::<T>(), Rc::clone(&value) as Rc<dyn Any>);
        drop(old);
        Ok(value)
    }
}

#[cold]
#[track_caller]
pub(super) fn destroyed(error: AccessError) -> ! {
    panic!("cannot access a Thread Local Storage value during or after destruction: {error:?}")
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}
