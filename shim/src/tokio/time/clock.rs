//! `pause`, `resume` and `advance`.

use ::std::future::Future;
use ::std::panic::Location;
use ::std::time::Duration;

use coyote_engine::{ClockId, Context, Op, OpKind};

use crate::support::Place;
use crate::tokio::runtime::{Core, Home, context};

const OUTSIDE: &str = "time cannot be frozen from outside the Tokio runtime";
const NOT_FROZEN: &str = "time is not frozen";
const WRONG_FLAVOR: &str = "`time::pause()` requires the `current_thread` Tokio runtime. This is the default \
                            Runtime used by `#[tokio::test].";

/// Returns the clock of the runtime of the current task; outside of any, the virtual one.
pub fn clock_here(cx: Context) -> ClockId {
    match cx.clocks_differ().then(|| context::home(cx)).flatten() {
        Some(Home::Core(core)) => core.clock,
        _ => ClockId::VIRTUAL,
    }
}

/// Freezes the clock: from here on it moves only by [`advance`], or when the runtime has nothing to do.
///
/// # Panics
/// Panics if the clock is frozen, or if not called in a `current_thread` runtime.
#[track_caller]
pub fn pause() {
    match coyote_engine::current() {
        Some(cx) => match context::home(cx) {
            Some(Home::Core(core)) if core.is_current_thread() => pause_clock(cx, &core),
            Some(_) => panic!("{WRONG_FLAVOR}"),
            None => panic!("{OUTSIDE}"),
        },
        None => ::tokio::time::pause(),
    }
}

#[track_caller]
fn pause_clock(cx: Context, core: &Core) {
    assert!(!cx.set_frozen(core.clock, true), "time is already frozen");
    take_time(cx, core);
}

/// Some real time always passes before and after a pause: what is measured across it is never exact.
fn take_time(cx: Context, core: &Core) {
    cx.advance_clock(core.clock, cx.now_of(core.clock) + 1);
}

/// Lets the clock go on.
///
/// # Panics
/// Panics if the clock is not frozen, or if not called in a runtime.
#[track_caller]
pub fn resume() {
    match coyote_engine::current() {
        Some(cx) => match context::home(cx) {
            Some(Home::Core(core)) if cx.is_frozen(core.clock) => {
                cx.set_frozen(core.clock, false);
                take_time(cx, &core);
            }
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
    let clock = match context::home(cx) {
        Some(Home::Core(core)) if cx.is_frozen(core.clock) => core.clock,
        Some(_) => panic!("{NOT_FROZEN}"),
        None => panic!("{OUTSIDE}"),
    };
    cx.point(Op::local(OpKind::Tick, place));
    let step = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    cx.advance_clock(clock, cx.now_of(clock).saturating_add(step));
}
