//! What std keeps for old programs.

use super::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicUsize,
};
#[cfg(target_has_atomic = "64")]
use super::{AtomicI64, AtomicU64};

macro_rules! init {
    ($($(#[$cfg:meta])* $name:ident: $type:ident = $value:expr;)*) => {$(
        $(#[$cfg])*
        #[doc = concat!("An `", stringify!($type), "` initialised to `", stringify!($value), "`.")]
        #[deprecated(since = "1.34.0", note = "the `new` function is now preferred")]
        #[expect(clippy::declare_interior_mutable_const, reason = "mirrored as it is")]
        pub const $name: $type = $type::new($value);
    )*};
}

init! {
    ATOMIC_BOOL_INIT: AtomicBool = false;
    ATOMIC_I8_INIT: AtomicI8 = 0;
    ATOMIC_U8_INIT: AtomicU8 = 0;
    ATOMIC_I16_INIT: AtomicI16 = 0;
    ATOMIC_U16_INIT: AtomicU16 = 0;
    ATOMIC_I32_INIT: AtomicI32 = 0;
    ATOMIC_U32_INIT: AtomicU32 = 0;
    ATOMIC_ISIZE_INIT: AtomicIsize = 0;
    ATOMIC_USIZE_INIT: AtomicUsize = 0;
    #[cfg(target_has_atomic = "64")]
    ATOMIC_I64_INIT: AtomicI64 = 0;
    #[cfg(target_has_atomic = "64")]
    ATOMIC_U64_INIT: AtomicU64 = 0;
}

/// Tells that the caller spins: under control, a scheduling point at which others should go first.
#[track_caller]
#[inline]
#[deprecated(since = "1.51.0", note = "use hint::spin_loop instead")]
pub fn spin_loop_hint() {
    crate::std::hint::spin_loop();
}
