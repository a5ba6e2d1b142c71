//! The mirror of `std::sync::{Once, OnceState}`.

use ::std::cell::Cell;
use ::std::fmt;
use ::std::sync as real;
use ::std::sync::atomic::{AtomicU8, Ordering};

use coyote_engine::{Access, OpKind, current};

use super::hold::here;
use super::init::{InitGate, Stage};
use crate::support::Place;

const WHAT: &str = "Once";
const POISONED: &str = "Once instance has previously been poisoned";

/// No initialiser has failed.
const FRESH: u8 = 0;
/// The last initialiser has panicked.
const FAILED: u8 = 1;
/// The last initialiser was cancelled when its execution ended: as far as the program is concerned, it
/// has never run, though the real `Once` counts as poisoned.
const CANCELLED: u8 = 2;

/// Runs something once, as [`std::sync::Once`](::std::sync::Once).
pub struct Once {
    gate: InitGate,
    fate: AtomicU8,
    inner: real::Once,
}

/// A [`Once`] that has not run.
#[deprecated(since = "1.38.0", note = "the `Once::new()` function is now preferred")]
#[expect(clippy::declare_interior_mutable_const, reason = "mirrored as it is")]
pub const ONCE_INIT: Once = Once::new();

/// What the initialiser given to [`Once::call_once_force`] is told.
pub struct OnceState {
    /// A cell, so that it is not `Sync`, as the real one is not.
    poisoned: Cell<bool>,
}

impl OnceState {
    /// Returns whether an earlier initialiser has panicked.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.get()
    }
}

impl Once {
    /// Creates it.
    #[track_caller]
    #[must_use]
    #[expect(clippy::new_without_default, reason = "the real one has none")]
    pub const fn new() -> Once {
        Once { gate: InitGate::new(), fate: AtomicU8::new(FRESH), inner: real::Once::new() }
    }

    /// Runs `f` if nothing was run yet; blocks while another thread does so.
    ///
    /// # Panics
    /// Panics if an earlier initialiser has panicked.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, f: F) {
        self.call(false, here(), |_| f());
    }

    /// Runs `f` if nothing was run yet, or what ran has panicked; blocks while another thread does so.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, f: F) {
        self.call(true, here(), f);
    }

    /// Returns whether an initialiser has returned.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        if let Some(cx) = current() {
            self.gate.point(cx, WHAT, (OpKind::Inspect, Access::Read), here());
        }
        self.inner.is_completed()
    }

    /// Blocks until an initialiser has returned.
    ///
    /// # Panics
    /// Panics if one has panicked.
    #[track_caller]
    pub fn wait(&self) {
        let Some(cx) = current() else { return self.inner.wait() };
        self.gate.wait(cx, WHAT, self.stage(), true, here());
        assert!(self.inner.is_completed(), "{POISONED}");
    }

    /// Blocks until an initialiser has returned, even if one has panicked.
    #[track_caller]
    pub fn wait_force(&self) {
        match current() {
            Some(cx) => self.gate.wait(cx, WHAT, self.stage(), false, here()),
            None => self.inner.wait_force(),
        }
    }

    fn stage(&self) -> Stage {
        if self.inner.is_completed() {
            Stage::Done
        } else if self.fate.load(Ordering::Acquire) == FAILED {
            Stage::Failed
        } else {
            Stage::Open
        }
    }

    #[track_caller]
    fn call<F: FnOnce(&OnceState)>(&self, force: bool, place: Place, f: F) {
        let mut f = Some(f);
        let mut run = || {
            let state = OnceState { poisoned: Cell::new(self.fate.load(Ordering::Acquire) == FAILED) };
            let _fate = NoteFate(self);
            if let Some(f) = f.take() {
                f(&state);
            }
        };
        let Some(cx) = current() else {
            if self.inner.is_completed() {
                return;
            }
            self.gate.foreign_begins(WHAT, place);
            if force || self.fate.load(Ordering::Acquire) == CANCELLED {
                self.inner.call_once_force(|_| run());
            } else {
                self.inner.call_once(run);
            }
            return self.gate.foreign_ended(self.stage());
        };
        let Some(running) = self.gate.begin(cx, WHAT, &|| self.inner.is_completed(), place) else { return };
        if !force && self.fate.load(Ordering::Acquire) == FAILED {
            running.ended(Stage::Failed);
            drop(running);
            panic!("{POISONED}");
        }
        let ended = TellEnd { once: self, running: &running };
        self.inner.call_once_force(|_| {
            run();
            let _fate = NoteFate(self);
            running.before_end();
        });
        drop(ended);
    }
}

/// Notes, when an initialiser unwinds, why.
struct NoteFate<'a>(&'a Once);

impl Drop for NoteFate<'_> {
    fn drop(&mut self) {
        let fate = match (current(), ::std::thread::panicking()) {
            (Some(cx), true) if cx.is_cancelling() => CANCELLED,
            (_, true) => FAILED,
            (_, false) => return,
        };
        self.0.fate.store(fate, Ordering::Release);
    }
}

/// Tells those who wait how it ended, the real `Once` having its final state.
struct TellEnd<'a> {
    once: &'a Once,
    running: &'a super::init::Running<'a>,
}

impl Drop for TellEnd<'_> {
    fn drop(&mut self) {
        self.running.ended(self.once.stage());
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.is_poisoned()).finish()
    }
}
