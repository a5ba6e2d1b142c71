//! The mirror of `std::sync::atomic`.
//!
//! Each operation is a scheduling point and then the real operation. Whether `compare_exchange_weak` fails
//! for no reason is drawn. No weaker memory order than sequential consistency is modelled.
//! `fetch_update` and its like are loops of operations, each with its own point, as in std.

pub use ::std::sync::atomic::*;

mod boolean;
mod ints;
mod ptr;

pub use boolean::AtomicBool;
pub use ints::{AtomicI8, AtomicI16, AtomicI32, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicUsize};
#[cfg(target_has_atomic = "64")]
pub use ints::{AtomicI64, AtomicU64};
pub use ptr::AtomicPtr;

mod deprecated;
#[expect(deprecated, reason = "mirrored as they are")]
pub use deprecated::{
    ATOMIC_BOOL_INIT, ATOMIC_I8_INIT, ATOMIC_I16_INIT, ATOMIC_I32_INIT, ATOMIC_ISIZE_INIT, ATOMIC_U8_INIT,
    ATOMIC_U16_INIT, ATOMIC_U32_INIT, ATOMIC_USIZE_INIT, spin_loop_hint,
};
#[cfg(target_has_atomic = "64")]
#[expect(deprecated, reason = "mirrored as they are")]
pub use deprecated::{ATOMIC_I64_INIT, ATOMIC_U64_INIT};

use ::std::panic::Location;

use coyote_engine::{Access, ObjectCell, Op, OpKind, Ordered, current};

use crate::support::Place;

/// A fence; under control, a scheduling point.
#[track_caller]
pub fn fence(order: Ordering) {
    if let Some(cx) = current() {
        cx.point(Op::local(OpKind::Fence, Location::caller()));
        cx.fence(ordered(order));
    }
    ::std::sync::atomic::fence(order);
}

/// The scheduling point before an operation on an atomic; not generic. Returns false outside of control.
fn point(cell: &ObjectCell, kind: OpKind, order: Ordering, place: Place) -> bool {
    let Some(cx) = current() else { return false };
    let access = if matches!(kind, OpKind::Load) { Access::Read } else { Access::Write };
    cx.point(Op::new(kind, cx.object(cell, "Atomic"), access, place).with_order(ordered(order)));
    true
}

/// Says in the engine's words what an operation orders.
fn ordered(order: Ordering) -> Ordered {
    match order {
        Ordering::Relaxed => Ordered::Relaxed,
        Ordering::Acquire => Ordered::Acquire,
        Ordering::Release => Ordered::Release,
        _ => Ordered::Both,
    }
}

/// Returns an order that is as strong as both together: which of them counts depends on the value.
fn either(success: Ordering, failure: Ordering) -> Ordering {
    match (success, failure) {
        (Ordering::Relaxed, Ordering::Relaxed) => Ordering::Relaxed,
        (Ordering::Relaxed | Ordering::Acquire, _) => Ordering::Acquire,
        (Ordering::Release, Ordering::Relaxed) => Ordering::Release,
        _ => Ordering::SeqCst,
    }
}

/// The scheduling point before a weak exchange. Returns whether it fails for no reason, or None outside of
/// control.
fn point_weak(cell: &ObjectCell, order: Ordering, place: Place) -> Option<bool> {
    let cx = current()?;
    cx.point(
        Op::new(OpKind::Rmw, cx.object(cell, "Atomic"), Access::Write, place).with_order(ordered(order)),
    );
    Some(cx.spurious(place))
}

/// The methods that every atomic type has in common.
macro_rules! common {
    ($value:ty) => {
        /// Returns the value: nobody else can see it.
        pub fn get_mut(&mut self) -> &mut $value {
            self.inner.get_mut()
        }

        /// Consumes the atomic and returns its value.
        pub const fn into_inner(self) -> $value {
            self.inner.into_inner()
        }

        /// Returns a pointer to the value. What is done through it is not under control.
        pub const fn as_ptr(&self) -> *mut $value {
            self.inner.as_ptr()
        }

        /// Loads the value.
        ///
        /// # Panics
        /// Panics if `order` is `Release` or `AcqRel`.
        #[track_caller]
        pub fn load(&self, order: Ordering) -> $value {
            super::point(&self.object, OpKind::Load, order, Location::caller());
            self.inner.load(order)
        }

        /// Stores a value.
        ///
        /// # Panics
        /// Panics if `order` is `Acquire` or `AcqRel`.
        #[track_caller]
        pub fn store(&self, val: $value, order: Ordering) {
            super::point(&self.object, OpKind::Store, order, Location::caller());
            self.inner.store(val, order);
        }

        /// Stores a value and returns the one before.
        #[track_caller]
        pub fn swap(&self, val: $value, order: Ordering) -> $value {
            super::point(&self.object, OpKind::Rmw, order, Location::caller());
            self.inner.swap(val, order)
        }

        /// Stores `new` if the value is `current`; returns the one before.
        #[track_caller]
        #[deprecated(since = "1.50.0", note = "Use `compare_exchange` or `compare_exchange_weak` instead")]
        pub fn compare_and_swap(&self, current: $value, new: $value, order: Ordering) -> $value {
            match self.compare_exchange(current, new, order, super::failure_of(order)) {
                Ok(before) | Err(before) => before,
            }
        }

        /// Stores `new` if the value is `current`.
        ///
        /// # Errors
        /// Returns the value if it is another.
        ///
        /// # Panics
        /// Panics if `failure` is `Release` or `AcqRel`.
        #[track_caller]
        pub fn compare_exchange(
            &self,
            current: $value,
            new: $value,
            success: Ordering,
            failure: Ordering,
        ) -> Result<$value, $value> {
            super::point(&self.object, OpKind::Rmw, super::either(success, failure), Location::caller());
            self.inner.compare_exchange(current, new, success, failure)
        }

        /// Stores `new` if the value is `current`; may also fail for no reason.
        ///
        /// # Errors
        /// Returns the value if nothing was stored.
        ///
        /// # Panics
        /// Panics if `failure` is `Release` or `AcqRel`.
        #[track_caller]
        pub fn compare_exchange_weak(
            &self,
            current: $value,
            new: $value,
            success: Ordering,
            failure: Ordering,
        ) -> Result<$value, $value> {
            match super::point_weak(&self.object, super::either(success, failure), Location::caller()) {
                Some(false) => self.inner.compare_exchange(current, new, success, failure),
                Some(true) => Err(self.inner.load(failure)),
                None => self.inner.compare_exchange_weak(current, new, success, failure),
            }
        }

        /// Replaces the value by what `f` makes of it, in a loop until no other thread came between.
        ///
        /// # Errors
        /// Returns the value if `f` returns None.
        #[track_caller]
        pub fn fetch_update<F>(
            &self,
            set_order: Ordering,
            fetch_order: Ordering,
            mut f: F,
        ) -> Result<$value, $value>
        where
            F: FnMut($value) -> Option<$value>,
        {
            let mut before = self.load(fetch_order);
            while let Some(new) = f(before) {
                match self.compare_exchange_weak(before, new, set_order, fetch_order) {
                    Ok(before) => return Ok(before),
                    Err(other) => before = other,
                }
            }
            Err(before)
        }

        /// Replaces the value by what `f` makes of it, in a loop until no other thread came between.
        ///
        /// # Errors
        /// Returns the value if `f` returns None.
        #[track_caller]
        pub fn try_update(
            &self,
            set_order: Ordering,
            fetch_order: Ordering,
            f: impl FnMut($value) -> Option<$value>,
        ) -> Result<$value, $value> {
            self.fetch_update(set_order, fetch_order, f)
        }

        /// Replaces the value by what `f` makes of it, in a loop until no other thread came between;
        /// returns the one before.
        #[track_caller]
        pub fn update(
            &self,
            set_order: Ordering,
            fetch_order: Ordering,
            mut f: impl FnMut($value) -> $value,
        ) -> $value {
            match self.fetch_update(set_order, fetch_order, |value| Some(f(value))) {
                Ok(before) | Err(before) => before,
            }
        }
    };
}

/// Methods that read and write in one step.
macro_rules! rmw {
    ($value:ty: $($name:ident $doc:literal,)*) => {$(
        #[doc = $doc]
        #[doc = " Returns the value before."]
        #[track_caller]
        pub fn $name(&self, val: $value, order: Ordering) -> $value {
            super::point(&self.object, OpKind::Rmw, order, Location::caller());
            self.inner.$name(val, order)
        }
    )*};
}

use {common, rmw};

/// Returns the strongest order for a failed compare-and-swap that goes with `order`.
fn failure_of(order: Ordering) -> Ordering {
    match order {
        Ordering::Release | Ordering::Relaxed => Ordering::Relaxed,
        Ordering::Acquire | Ordering::AcqRel => Ordering::Acquire,
        _ => Ordering::SeqCst,
    }
}
