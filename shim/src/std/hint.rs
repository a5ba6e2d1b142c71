//! The mirror of `std::hint`: `spin_loop` lets others run.

pub use ::std::hint::*;

use ::std::panic::Location;

/// Tells that the caller spins: under control, a scheduling point at which others should go first.
#[track_caller]
#[inline]
pub fn spin_loop() {
    match coyote_engine::current() {
        Some(cx) => cx.yield_now(Location::caller()),
        None => ::std::hint::spin_loop(),
    }
}
