//! `pause`, `resume` and `advance`.

use ::std::future::Future;
use ::std::panic::Location;
use ::std::time::Duration;

use coyote_engine::{Context, Op, OpKind};

use crate::support::Place;
use crate::tokio::runtime::{Core, Home, context};

const OUTSIDE: &str = "time cannot be frozen from outside the Tokio runtime";
const NOT_FROZEN: &str = "time is not frozen";
const WRONG_FLAVOR: &str = "`time::pause()` requires the `current_thread` Tokio runtime. This is the default \
                            Runtime used by `#[tokio::test].";

/// Freezes the clock: from here on it moves only by [`advance`], or when the runtime has nothing to do.
///
/// # Panics
/// Panics if the clock is frozen, or if not called in a `current_thread` runtime.
#[track_caller]
pub fn pause() {
    match coyote_engine::current() {
        Some(cx) => match context::home(cx) {
            Some(Home::Core(core)) if core.is_current_thread() => pause_clock(&core),
            Some(_) => panic!("{WRONG_FLAVOR}"),
            None => panic!("{OUTSIDE}"),
        },
        None => ::tokio::time::pause(),
    }
}

#[track_caller]
fn pause_clock(core: &Core) {
    assert!(!core.set_paused(true), "time is already frozen");
}

/// Lets the clock go on.
///
/// # Panics
/// Panics if the clock is not frozen, or if not called in a runtime.
#[track_caller]
pub fn resume() {
    match coyote_engine::current() {
        Some(cx) => match context::home(cx) {
            Some(Home::Core(core)) if core.set_paused(false) => {}
            Some(_) => panic!("{NOT_FROZEN}"),
            None => panic!("{OUTSIDE}"),
        },
        None => ::tokio::time::resume(),
    }
}

/// Moves the frozen clock on by `duration`; timers that are due then fire.
///
/// # Panics
/// Panics, when polled, if the clock is not frozen, or if not called in a runtime.
#[track_caller]
pub fn advance(duration: Duration) -> impl Future<Output = ()> + use<> {
    let place = Location::caller();
    async move {
        match coyote_engine::current() {
            Some(cx) => {
                advance_clock(cx, duration, place);
                crate::tokio::task::yield_now().await;
            }
            None => ::tokio::time::advance(duration).await,
        }
    }
}

fn advance_clock(cx: Context, duration: Duration, place: Place) {
    match context::home(cx) {
        Some(Home::Core(core)) if core.is_paused() => {}
        Some(_) => panic!("{NOT_FROZEN}"),
        None => panic!("{OUTSIDE}"),
    }
    cx.point(Op::local(OpKind::Tick, place));
    let step = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    cx.advance_to(cx.now().saturating_add(step));
}
