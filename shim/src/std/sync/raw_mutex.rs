//! The part of a mutex that does not depend on the data, so that it is compiled here, optimised.

use ::std::sync as real;
use ::std::sync::{LockResult, PoisonError};

use coyote_engine::{Access, Context, Gate, ObjectCell, ObjectId, Op, OpKind, current};

use super::hold::{self, Hold};
use crate::support::{Place, point_on};

const WHAT: &str = "Mutex";

/// A mutex without data: the real one, which keeps threads outside of control out, and its object.
pub(super) struct RawMutex {
    object: ObjectCell,
    inner: real::Mutex<()>,
}

/// The lock of a [`RawMutex`]; dropped, it gives that back.
pub(super) struct RawGuard<'a> {
    mutex: &'a RawMutex,
    /// None once it is given back.
    real: Option<real::MutexGuard<'a, ()>>,
    hold: Hold,
    /// Whether the mutex was poisoned when it was locked.
    poisoned: bool,
}

impl RawMutex {
    #[track_caller]
    pub(super) const fn new() -> RawMutex {
        RawMutex { object: ObjectCell::new(), inner: real::Mutex::new(()) }
    }

    /// Locks, blocking the current thread until that is possible.
    pub(super) fn lock(&self, place: Place) -> RawGuard<'_> {
        match current() {
            Some(cx) => {
                let object = hold::wait_for(cx, &self.object, WHAT, (OpKind::Lock, Gate::Exclusive), place);
                self.take(cx, object, place)
            }
            None => {
                let result = hold::tried(self.inner.try_lock()).unwrap_or_else(|| {
                    hold::foreign_blocks(&self.object, Gate::Exclusive, WHAT, place);
                    self.inner.lock()
                });
                self.wrap(result, Hold::uncontrolled(place))
            }
        }
    }

    /// Locks if nobody has the lock.
    pub(super) fn try_lock(&self, place: Place) -> Option<RawGuard<'_>> {
        let cx = current();
        let hold = match cx {
            Some(cx) => {
                let object = point_on(cx, &self.object, WHAT, OpKind::TryLock, Access::Acquire, place);
                Hold::new(cx, object, place)
            }
            None => Hold::uncontrolled(place),
        };
        let result = hold::tried(self.inner.try_lock())?;
        if let Some(cx) = cx {
            hold::taken(cx, hold.op(OpKind::TryLock));
        }
        Some(self.wrap(result, hold))
    }

    /// Takes the lock, whose gate is open, it being the current task's turn.
    pub(super) fn take(&self, cx: Context, object: ObjectId, place: Place) -> RawGuard<'_> {
        let attempt = || hold::tried(self.inner.try_lock());
        let result = match attempt() {
            Some(result) => result,
            None => hold::block_for_real(cx, WHAT, place, &attempt),
        };
        let hold = Hold::new(cx, object, place);
        hold::taken(cx, hold.op(OpKind::Lock));
        self.wrap(result, hold)
    }

    /// Makes a guard of the real one.
    #[inline]
    pub(super) fn wrap<'a>(
        &'a self,
        result: LockResult<real::MutexGuard<'a, ()>>,
        hold: Hold,
    ) -> RawGuard<'a> {
        let (real, poisoned) = match result {
            Ok(real) => (real, false),
            Err(poison) => (poison.into_inner(), true),
        };
        RawGuard { mutex: self, real: Some(real), hold, poisoned }
    }

    pub(super) fn is_poisoned(&self, place: Place) -> bool {
        if let Some(cx) = current() {
            point_on(cx, &self.object, WHAT, OpKind::Inspect, Access::Read, place);
        }
        self.inner.is_poisoned()
    }

    pub(super) fn clear_poison(&self, place: Place) {
        if let Some(cx) = current() {
            point_on(cx, &self.object, WHAT, OpKind::Store, Access::Write, place);
        }
        self.inner.clear_poison();
    }

    /// Returns whether it is poisoned: nobody else can see it, or it is only to be shown.
    pub(super) fn is_poisoned_now(&self) -> bool {
        self.inner.is_poisoned()
    }

    /// Locks if nobody has the lock, without a scheduling point, for `Debug`.
    pub(super) fn peek(&self, place: Place) -> Option<RawGuard<'_>> {
        let hold = match current() {
            Some(cx) => Hold::new(cx, cx.object(&self.object, WHAT), place),
            None => Hold::uncontrolled(place),
        };
        let result = hold::tried(self.inner.try_lock())?;
        if let Some(cx) = hold.context() {
            hold::taken(cx, hold.op(OpKind::TryLock));
        }
        Some(self.wrap(result, hold))
    }
}

impl<'a> RawGuard<'a> {
    pub(super) fn hold(&self) -> Hold {
        self.hold
    }

    pub(super) fn mutex(&self) -> &'a RawMutex {
        self.mutex
    }

    /// Returns whether the mutex was poisoned when it was locked.
    pub(super) fn poisoned(&self) -> bool {
        self.poisoned
    }

    /// Takes a guard that is held outside of control apart.
    pub(super) fn into_real(mut self) -> Option<real::MutexGuard<'a, ()>> {
        self.real.take()
    }

    /// Gives the lock back without a scheduling point of its own.
    pub(super) fn release(mut self) {
        match self.hold.context() {
            Some(cx) => self.give_back(cx),
            None => self.real = None,
        }
    }

    /// First the real lock is given back, then the gate opens.
    fn give_back(&mut self, cx: Context) {
        self.real = None;
        // A task that is only cancelled has not panicked as far as the program is concerned.
        if !self.poisoned && self.mutex.inner.is_poisoned() && cx.is_cancelling() {
            self.mutex.inner.clear_poison();
        }
        hold::given_back(cx, self.hold.object());
    }
}

/// Gives a lock back also if the scheduling point before that unwinds.
struct GiveBack<'a, 'b>(&'a mut RawGuard<'b>, Context);

impl Drop for GiveBack<'_, '_> {
    fn drop(&mut self) {
        self.0.give_back(self.1);
    }
}

impl Drop for RawGuard<'_> {
    fn drop(&mut self) {
        if self.real.is_none() {
            return;
        }
        let Some(cx) = self.hold.context() else { return };
        let op = Op::new(OpKind::Unlock, self.hold.object(), Access::Release, self.hold.place());
        let _give_back = GiveBack(self, cx);
        cx.point(op);
    }
}

/// Says in a result whether the lock was poisoned.
pub(super) fn lock_result<G>(guard: G, poisoned: bool) -> LockResult<G> {
    if poisoned { Err(PoisonError::new(guard)) } else { Ok(guard) }
}
