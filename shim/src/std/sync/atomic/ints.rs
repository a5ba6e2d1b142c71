//! Atomic integers.

use ::std::fmt;
use ::std::panic::Location;
use ::std::sync::atomic as real;
use ::std::sync::atomic::Ordering;

use coyote_engine::{ObjectCell, OpKind};

macro_rules! atomic_int {
    ($($name:ident $value:ident,)*) => {$(
        #[doc = concat!("An atomic `", stringify!($value), "`, as `std::sync::atomic::", stringify!($name), "`.")]
        pub struct $name {
            object: ObjectCell,
            inner: real::$name,
        }

        impl $name {
            /// Creates an atomic with a value.
            #[track_caller]
            #[must_use]
            pub const fn new(v: $value) -> $name {
                $name { object: ObjectCell::new(), inner: real::$name::new(v) }
            }

            super::common!($value);

            super::rmw! { $value:
                fetch_add "Adds `val`, wrapping around on overflow.",
                fetch_sub "Subtracts `val`, wrapping around on overflow.",
                fetch_and "Stores the bitwise and with `val`.",
                fetch_nand "Stores the negated bitwise and with `val`.",
                fetch_or "Stores the bitwise or with `val`.",
                fetch_xor "Stores the bitwise exclusive or with `val`.",
                fetch_max "Stores the greater of the value and `val`.",
                fetch_min "Stores the smaller of the value and `val`.",
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                Self::new(0)
            }
        }

        impl From<$value> for $name {
            #[track_caller]
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }
    )*};
}

atomic_int! {
    AtomicI8 i8,
    AtomicU8 u8,
    AtomicI16 i16,
    AtomicU16 u16,
    AtomicI32 i32,
    AtomicU32 u32,
    AtomicIsize isize,
    AtomicUsize usize,
}

#[cfg(target_has_atomic = "64")]
atomic_int! {
    AtomicI64 i64,
    AtomicU64 u64,
}
