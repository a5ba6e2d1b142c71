//! The mirror of `std::sync::LazyLock`.

use ::std::fmt;
use ::std::marker::PhantomData;
use ::std::ops::{Deref, DerefMut};
use ::std::panic::{RefUnwindSafe, UnwindSafe};
use ::std::sync as real;
use ::std::sync::PoisonError;

use coyote_engine::{Access, OpKind, current};

use super::hold::here;
use super::init::{InitGate, Stage};

const WHAT: &str = "LazyLock";

/// A value that is computed when it is first used, as [`std::sync::LazyLock`](::std::sync::LazyLock).
pub struct LazyLock<T, F = fn() -> T> {
    gate: InitGate,
    value: real::OnceLock<T>,
    /// The initialiser; None once it was called. None without a value: it has panicked.
    init: real::Mutex<Option<F>>,
    unwinds: UnwindsLike<F>,
}

/// Is as safe to see after an unwinding as std says of a `LazyLock` with such an initialiser.
struct UnwindsLike<F>(PhantomData<fn() -> F>);

impl<F: UnwindSafe> UnwindSafe for UnwindsLike<F> {}
impl<F: UnwindSafe> RefUnwindSafe for UnwindsLike<F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// Creates it; `f` computes the value.
    #[track_caller]
    pub const fn new(f: F) -> LazyLock<T, F> {
        LazyLock {
            gate: InitGate::new(),
            value: real::OnceLock::new(),
            init: real::Mutex::new(Some(f)),
            unwinds: UnwindsLike(PhantomData),
        }
    }

    /// Returns the value, computing it if it was not; blocks while another thread does so.
    ///
    /// # Panics
    /// Panics if the initialiser does, or has.
    #[track_caller]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        let place = here();
        let Some(cx) = current() else {
            if let Some(value) = this.value.get() {
                return value;
            }
            this.gate.foreign_begins(WHAT, place);
            let value = this.value.get_or_init(|| this.compute(|| ()));
            this.gate.foreign_ended(Stage::Done);
            return value;
        };
        if let Some(running) = this.gate.begin(cx, WHAT, &|| this.value.get().is_some(), place) {
            this.value.get_or_init(|| this.compute(|| running.before_end()));
            running.ended(Stage::Done);
        }
        this.value.get().expect("the value was just computed")
    }

    /// Returns the value for changing it, computing it if it was not.
    ///
    /// # Panics
    /// Panics if the initialiser does, or has.
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        if this.value.get().is_none() {
            let value = this.compute(|| ());
            let _ = this.value.set(value);
        }
        this.value.get_mut().expect("the value was just computed")
    }

    /// Calls the initialiser, and then, the value being there, `before_end`.
    #[track_caller]
    fn compute(&self, before_end: impl FnOnce()) -> T {
        let init = self.init.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(init) = init else { panic!("LazyLock instance has previously been poisoned") };
        let _again = PutBack { slot: &self.init, spare: spare::of_fn_pointer::<T, F>(&init) };
        let value = init();
        before_end();
        value
    }
}

impl<T, F> LazyLock<T, F> {
    /// Returns the value if it was computed.
    #[track_caller]
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        if let Some(cx) = current() {
            this.gate.point(cx, WHAT, (OpKind::Inspect, Access::Read), here());
        }
        this.value.get()
    }

    /// Returns the value for changing it, if it was computed.
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        let _ = &this.unwinds;
        this.value.get_mut()
    }
}

/// Puts a copy of the initialiser back if it was cancelled because its execution ended: a `static` of
/// the program must not be found poisoned by the next one.
struct PutBack<'a, F> {
    slot: &'a real::Mutex<Option<F>>,
    spare: Option<F>,
}

impl<F> Drop for PutBack<'_, F> {
    fn drop(&mut self) {
        if current().is_some_and(|cx| cx.is_cancelling()) {
            *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = self.spare.take();
        }
    }
}

mod spare {
    #![expect(unsafe_code, reason = "copies a function pointer whose type is only known by name")]

    use ::std::any::type_name;
    use ::std::mem::{needs_drop, size_of};

    /// Returns a copy of `f` if it is a plain `fn() -> T`, as it is in every `static`.
    pub(super) fn of_fn_pointer<T, F>(f: &F) -> Option<F> {
        let is_fn_pointer = type_name::<F>() == type_name::<fn() -> T>()
            && size_of::<F>() == size_of::<fn() -> T>()
            && !needs_drop::<F>();
        // SAFETY: only the type `fn() -> T` is written like that: closures and function items have
        // names of their own. Function pointers are `Copy`.
        is_fn_pointer.then(|| unsafe { ::std::ptr::read(f) })
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> LazyLock<T> {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tuple = f.debug_tuple("LazyLock");
        match self.value.get() {
            Some(value) => tuple.field(value),
            None => tuple.field(&format_args!("<uninit>")),
        };
        tuple.finish()
    }
}
