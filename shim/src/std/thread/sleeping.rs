//! `sleep`, `park`, `yield_now`.

use ::std::panic::Location;
use ::std::thread as real;
use ::std::time::Duration;

use coyote_engine::Context;

use super::parking;
use crate::std::time::deadline_after;
use crate::support::Place;

/// Sleeps for `dur`; under control, of virtual time.
#[track_caller]
pub fn sleep(dur: Duration) {
    match coyote_engine::current() {
        Some(cx) => sleep_at(cx, dur, Location::caller()),
        None => real::sleep(dur),
    }
}

/// Sleeps, for the operation at `place`.
pub(crate) fn sleep_at(cx: Context, dur: Duration, place: Place) {
    if dur.is_zero() {
        return cx.yield_now(place);
    }
    parking::sleep(cx, deadline_after(cx, dur), place);
}

/// Sleeps for `ms` milliseconds.
#[track_caller]
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::sleep`")]
pub fn sleep_ms(ms: u32) {
    sleep(Duration::from_millis(u64::from(ms)));
}

/// Blocks until the current thread's park token is there, and takes it. Under control it does not
/// return without the token.
#[track_caller]
pub fn park() {
    match coyote_engine::current() {
        Some(cx) => parking::park(cx, None, Location::caller()),
        None => real::park(),
    }
}

/// Blocks until the current thread's park token is there, and takes it, or until `dur` has passed.
#[track_caller]
pub fn park_timeout(dur: Duration) {
    match coyote_engine::current() {
        Some(cx) => parking::park(cx, deadline_after(cx, dur), Location::caller()),
        None => real::park_timeout(dur),
    }
}

/// Blocks until the current thread's park token is there, and takes it, or for `ms` milliseconds.
#[track_caller]
#[deprecated(since = "1.6.0", note = "replaced by `std::thread::park_timeout`")]
pub fn park_timeout_ms(ms: u32) {
    park_timeout(Duration::from_millis(u64::from(ms)));
}

/// Lets other threads run.
#[track_caller]
pub fn yield_now() {
    match coyote_engine::current() {
        Some(cx) => cx.yield_now(Location::caller()),
        None => real::yield_now(),
    }
}
