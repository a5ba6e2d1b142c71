//! The mirror of `std::sync::{Condvar, WaitTimeoutResult}`.
//!
//! A task that waits gives back its lock and blocks in one step. Which of several waiters
//! `notify_one` wakes is a choice of the strategy's. A wait may also end for no reason.

use ::std::fmt;
use ::std::sync as real;
use ::std::sync::LockResult;
use ::std::sync::PoisonError;
use ::std::sync::atomic::{AtomicU32, Ordering};
use ::std::time::Duration;

use coyote_engine::{Access, Context, Execution, Gate, ObjectCell, ObjectId, Op, OpKind, current, deliver};

use super::MutexGuard;
use super::hold::{Hold, here};
use super::raw_mutex::RawGuard;
use crate::std::time::deadline_after;
use crate::support::{Place, point_on};

const WHAT: &str = "Condvar";

/// A condition variable, as [`std::sync::Condvar`](::std::sync::Condvar).
pub struct Condvar {
    object: ObjectCell,
    /// How many threads outside of control wait.
    foreign: AtomicU32,
    inner: real::Condvar,
}

/// Whether a wait on a [`Condvar`] ended because time was up.
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// Returns true if time was up.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// Creates a condition variable.
    #[track_caller]
    #[must_use]
    #[inline]
    pub const fn new() -> Condvar {
        Condvar { object: ObjectCell::new(), foreign: AtomicU32::new(0), inner: real::Condvar::new() }
    }

    /// Gives the lock back and waits to be notified; then takes the lock again.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let (raw, mutex) = guard.split();
        mutex.guard(self.wait_for(raw, None, here()).0)
    }

    /// Waits as long as `condition` is true, each time after having been notified.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// Waits at most `dur` to be notified.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        dur: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (raw, mutex) = guard.split();
        let (raw, timed_out) = self.wait_for(raw, Some(dur), here());
        with_timeout(mutex.guard(raw), timed_out)
    }

    /// Waits at most `ms` milliseconds to be notified; false if time was up.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    #[deprecated(since = "1.6.0", note = "replaced by `std::sync::Condvar::wait_timeout`")]
    pub fn wait_timeout_ms<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        ms: u32,
    ) -> LockResult<(MutexGuard<'a, T>, bool)> {
        match self.wait_timeout(guard, Duration::from_millis(u64::from(ms))) {
            Ok((guard, timeout)) => Ok((guard, !timeout.timed_out())),
            Err(poison) => {
                let (guard, timeout) = poison.into_inner();
                Err(PoisonError::new((guard, !timeout.timed_out())))
            }
        }
    }

    /// Waits as long as `condition` is true, at most `dur` in all.
    ///
    /// # Errors
    /// Returns the guard in an error if the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        dur: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let start = crate::std::time::Instant::now();
        loop {
            if !condition(&mut *guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let Some(left) = dur.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else {
                return Ok((guard, WaitTimeoutResult(true)));
            };
            guard = self.wait_timeout(guard, left)?.0;
        }
    }

    /// Wakes one waiter, if there is one.
    #[track_caller]
    pub fn notify_one(&self) {
        match current() {
            Some(cx) => {
                let place = here();
                let object = point_on(cx, &self.object, WHAT, OpKind::NotifyOne, Access::Write, place);
                match cx.waiters(object) {
                    0 => self.notify_foreign(cx, real::Condvar::notify_one),
                    n => cx.notify(object, cx.choose(n, place)),
                }
            }
            None => {
                deliver(&self.object, |execution, object| {
                    if execution.waiters(object) > 0 {
                        execution.notify(object, 0);
                    }
                });
                self.inner.notify_one();
            }
        }
    }

    /// Wakes all waiters.
    #[track_caller]
    pub fn notify_all(&self) {
        match current() {
            Some(cx) => {
                let object = point_on(cx, &self.object, WHAT, OpKind::NotifyAll, Access::Write, here());
                notify_every(&cx, object);
                self.notify_foreign(cx, real::Condvar::notify_all);
            }
            None => {
                deliver(&self.object, notify_every);
                self.inner.notify_all();
            }
        }
    }

    /// Returns the lock, and whether time was up.
    fn wait_for<'a>(&self, guard: RawGuard<'a>, dur: Option<Duration>, place: Place) -> (RawGuard<'a>, bool) {
        match guard.hold().context() {
            Some(cx) => {
                let deadline = dur.and_then(|dur| deadline_after(cx, dur));
                self.wait_controlled(cx, guard, deadline, place)
            }
            None => self.wait_for_real(guard, dur, place),
        }
    }

    fn wait_controlled<'a>(
        &self,
        cx: Context,
        guard: RawGuard<'a>,
        deadline: Option<u64>,
        place: Place,
    ) -> (RawGuard<'a>, bool) {
        let (mutex, lock) = (guard.mutex(), guard.hold().object());
        let condition = cx.object(&self.object, WHAT);
        let spurious = cx.spurious(place);
        // Giving the lock back is what others can see first.
        cx.point(Op::new(OpKind::Unlock, lock, Access::Release, place));
        guard.release();
        let notified = if spurious {
            // It wakes as late as it gets the lock again.
            cx.wait(lock, Gate::Exclusive, Op::new(OpKind::Lock, lock, Access::Acquire, place), None)
        } else {
            wait_notified(cx, condition, lock, deadline, place)
        };
        (mutex.take(cx, lock, place), !notified)
    }

    fn wait_for_real<'a>(
        &self,
        guard: RawGuard<'a>,
        dur: Option<Duration>,
        place: Place,
    ) -> (RawGuard<'a>, bool) {
        let (mutex, _foreign) = (guard.mutex(), self.foreign_waiter());
        let Some(real) = guard.into_real() else { unreachable!("a guard that is held has the real one") };
        let (result, timed_out) = match dur {
            None => (self.inner.wait(real), false),
            Some(dur) => match self.inner.wait_timeout(real, dur) {
                Ok((real, timeout)) => (Ok(real), timeout.timed_out()),
                Err(poison) => {
                    let (real, timeout) = poison.into_inner();
                    (Err(PoisonError::new(real)), timeout.timed_out())
                }
            },
        };
        (mutex.wrap(result, Hold::uncontrolled(place)), timed_out)
    }

    fn foreign_waiter(&self) -> ForeignWaiter<'_> {
        // The lock is held here, so whoever changes what it protects sees this.
        self.foreign.fetch_add(1, Ordering::Relaxed);
        ForeignWaiter(&self.foreign)
    }

    /// Wakes threads outside of control, if any wait.
    fn notify_foreign(&self, cx: Context, notify: fn(&real::Condvar)) {
        if self.foreign.load(Ordering::Relaxed) > 0 {
            cx.note_uncontrolled(
                "an OS thread that is not under control waits on a Condvar that a task notifies".to_owned(),
            );
            notify(&self.inner);
        }
    }
}

struct ForeignWaiter<'a>(&'a AtomicU32);

impl Drop for ForeignWaiter<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn wait_notified(
    cx: Context,
    condition: ObjectId,
    lock: ObjectId,
    deadline: Option<u64>,
    place: Place,
) -> bool {
    let wait = Op::new(OpKind::Wait, condition, Access::Write, place);
    let relock = Op::new(OpKind::Lock, lock, Access::Acquire, place);
    cx.wait_notified(condition, wait, (lock, Gate::Exclusive), relock, deadline)
}

fn notify_every(execution: &Execution, object: ObjectId) {
    while execution.waiters(object) > 0 {
        execution.notify(object, 0);
    }
}

fn with_timeout<G>(result: LockResult<G>, timed_out: bool) -> LockResult<(G, WaitTimeoutResult)> {
    match result {
        Ok(guard) => Ok((guard, WaitTimeoutResult(timed_out))),
        Err(poison) => Err(PoisonError::new((poison.into_inner(), WaitTimeoutResult(timed_out)))),
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Condvar {
        Condvar::new()
    }
}
