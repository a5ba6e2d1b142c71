//! The part of a reader-writer lock that does not depend on the data.
//!
//! Writers wait at the exclusive gate, open while there is neither writer nor reader; readers at the
//! shared gate, open while there is no writer. std leaves it to the operating system whether a reader
//! that comes while a writer waits for other readers overtakes that writer. So this is a choice of the
//! strategy's: such a reader goes ahead, or waits at the gate of a second object, the queue, until a
//! writer has had its turn.

use ::std::sync as real;
use ::std::sync::atomic::{AtomicBool, Ordering};
use ::std::sync::{LockResult, PoisonError};

use coyote_engine::{Access, Context, Gate, Guard, ObjectCell, ObjectId, Op, OpKind, current};

use super::hold::{self, Hold, Tried};
use crate::support::{Place, point_on};

const WHAT: &str = "RwLock";

/// A reader-writer lock without data: the real one, which keeps threads outside of control out, and its
/// objects.
pub(super) struct RawRwLock {
    object: ObjectCell,
    /// Its exclusive gate is open while no writer has the lock, unless readers let a writer go first.
    queue: ObjectCell,
    inner: real::RwLock<()>,
    /// Set while a writer becomes a reader: the lock counts as held for reading all the time.
    downgrading: AtomicBool,
    /// Held meanwhile.
    door: real::Mutex<()>,
}

/// Shared hold of a [`RawRwLock`]; dropped, it gives that back.
pub(super) struct RawRead<'a> {
    /// None once it is given back.
    real: Option<real::RwLockReadGuard<'a, ()>>,
    hold: Hold,
    poisoned: bool,
}

/// Exclusive hold of a [`RawRwLock`]; dropped, it gives that back.
pub(super) struct RawWrite<'a> {
    lock: &'a RawRwLock,
    /// None once it is given back.
    real: Option<real::RwLockWriteGuard<'a, ()>>,
    hold: Hold,
    /// Whether the lock was poisoned when it was locked.
    poisoned: bool,
}

impl RawRwLock {
    #[track_caller]
    pub(super) const fn new() -> RawRwLock {
        RawRwLock {
            object: ObjectCell::new(),
            queue: ObjectCell::new(),
            inner: real::RwLock::new(()),
            downgrading: AtomicBool::new(false),
            door: real::Mutex::new(()),
        }
    }

    /// Locks for reading, blocking the current thread until that is possible.
    pub(super) fn read(&self, place: Place) -> RawRead<'_> {
        let attempt = || hold::tried(self.inner.try_read());
        let Some(cx) = current() else {
            let result = attempt().unwrap_or_else(|| {
                hold::foreign_blocks(&self.object, Gate::Shared, WHAT, place);
                self.inner.read()
            });
            return wrap_read(result, Hold::uncontrolled(place));
        };
        let object = hold::wait_for(cx, &self.object, WHAT, (OpKind::ReadLock, Gate::Shared), place);
        if lets_a_writer_go_first(cx, object, place) {
            let queue = cx.object(&self.queue, "RwLock queue");
            cx.set_gate(queue, Gate::Exclusive, false);
            let op = Op::new(OpKind::ReadLock, object, Access::Acquire, place);
            cx.wait(queue, Gate::Exclusive, op, None);
        }
        let result = match attempt() {
            Some(result) => result,
            None => hold::block_for_real(cx, WHAT, place, &attempt),
        };
        let hold = Hold::new(cx, object, place);
        shared(cx, hold.op(OpKind::ReadLock));
        wrap_read(result, hold)
    }

    /// Locks for reading if no writer has the lock, or goes first.
    pub(super) fn try_read(&self, place: Place) -> Option<RawRead<'_>> {
        let hold = self.before_try(OpKind::TryReadLock, place);
        if let Some(cx) = hold.context()
            && cx.is_open(hold.object(), Gate::Shared)
            && lets_a_writer_go_first(cx, hold.object(), place)
        {
            return None;
        }
        self.try_read_now(hold)
    }

    /// Locks for reading if no writer has the lock, without a scheduling point, for `Debug`.
    pub(super) fn peek(&self, place: Place) -> Option<RawRead<'_>> {
        let hold = match current() {
            Some(cx) => Hold::new(cx, cx.object(&self.object, WHAT), place),
            None => Hold::uncontrolled(place),
        };
        self.try_read_now(hold)
    }

    fn try_read_now(&self, hold: Hold) -> Option<RawRead<'_>> {
        let result = hold::tried(self.inner.try_read())?;
        if let Some(cx) = hold.context() {
            shared(cx, hold.op(OpKind::TryReadLock));
        }
        Some(wrap_read(result, hold))
    }

    /// Locks for writing, blocking the current thread until that is possible.
    pub(super) fn write(&self, place: Place) -> RawWrite<'_> {
        let Some(cx) = current() else {
            let result = self.try_write_for_real().unwrap_or_else(|| {
                hold::foreign_blocks(&self.object, Gate::Exclusive, WHAT, place);
                self.write_for_real()
            });
            return self.wrap_write(result, Hold::uncontrolled(place));
        };
        let give_up = GiveUpTurn(self, cx);
        let object = hold::wait_for(cx, &self.object, WHAT, (OpKind::WriteLock, Gate::Exclusive), place);
        ::std::mem::forget(give_up);
        let attempt = || self.try_write_for_real();
        let result = match attempt() {
            Some(result) => result,
            None => hold::block_for_real(cx, WHAT, place, &attempt),
        };
        let hold = Hold::new(cx, object, place);
        self.exclusive(cx, hold.op(OpKind::WriteLock));
        self.wrap_write(result, hold)
    }

    /// Locks for writing if nobody has the lock.
    pub(super) fn try_write(&self, place: Place) -> Option<RawWrite<'_>> {
        let hold = self.before_try(OpKind::TryWriteLock, place);
        let result = self.try_write_for_real()?;
        if let Some(cx) = hold.context() {
            self.exclusive(cx, hold.op(OpKind::TryWriteLock));
        }
        Some(self.wrap_write(result, hold))
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

    fn before_try(&self, kind: OpKind, place: Place) -> Hold {
        match current() {
            Some(cx) => Hold::new(cx, point_on(cx, &self.object, WHAT, kind, Access::Acquire, place), place),
            None => Hold::uncontrolled(place),
        }
    }

    fn try_write_for_real(&self) -> Tried<real::RwLockWriteGuard<'_, ()>> {
        // The writer that becomes a reader set this with the lock held, so whoever slips in sees it.
        hold::tried(self.inner.try_write()).filter(|_| !self.downgrading.load(Ordering::Relaxed))
    }

    fn write_for_real(&self) -> LockResult<real::RwLockWriteGuard<'_, ()>> {
        loop {
            let result = self.inner.write();
            if !self.downgrading.load(Ordering::Relaxed) {
                return result;
            }
            drop(result);
            drop(self.door.lock());
        }
    }

    fn wrap_write<'a>(
        &'a self,
        result: LockResult<real::RwLockWriteGuard<'a, ()>>,
        hold: Hold,
    ) -> RawWrite<'a> {
        let (real, poisoned) = parts(result);
        RawWrite { lock: self, real: Some(real), hold, poisoned }
    }

    /// Notes that the current task has the lock alone.
    fn exclusive(&self, cx: Context, op: Op) {
        hold::taken(cx, op);
        self.let_readers_pass(cx, op.object(), false);
    }

    /// Opens the gates of readers, whether or not they have let a writer go first; or closes both.
    fn let_readers_pass(&self, cx: Context, object: ObjectId, pass: bool) {
        cx.set_gate(object, Gate::Shared, pass);
        if let Some(queue) = cx.known_object(&self.queue) {
            cx.set_gate(queue, Gate::Exclusive, pass);
        }
    }
}

/// A writer that waits is cancelled: readers that let it go first would wait for ever.
struct GiveUpTurn<'a>(&'a RawRwLock, Context);

impl Drop for GiveUpTurn<'_> {
    fn drop(&mut self) {
        if let Some(queue) = self.1.known_object(&self.0.queue) {
            self.1.set_gate(queue, Gate::Exclusive, true);
        }
    }
}

/// Returns whether a reader that could have the lock, at this moment, is to wait for a writer that waits
/// for other readers.
fn lets_a_writer_go_first(cx: Context, object: ObjectId, place: Place) -> bool {
    !cx.is_open(object, Gate::Exclusive) && cx.waiters(object) > 0 && cx.choose(2, place) == 1
}

/// Notes that the current task has the lock, with other readers perhaps.
fn shared(cx: Context, op: Op) {
    cx.set_gate(op.object(), Gate::Exclusive, false);
    cx.took(op, Guard::Shared);
}

fn wrap_read(result: LockResult<real::RwLockReadGuard<'_, ()>>, hold: Hold) -> RawRead<'_> {
    let (real, poisoned) = parts(result);
    RawRead { real: Some(real), hold, poisoned }
}

fn parts<G>(result: LockResult<G>) -> (G, bool) {
    match result {
        Ok(guard) => (guard, false),
        Err(poison) => (poison.into_inner(), true),
    }
}

impl RawRead<'_> {
    pub(super) fn poisoned(&self) -> bool {
        self.poisoned
    }

    /// Gives the lock back without a scheduling point.
    pub(super) fn release(mut self) {
        match self.hold.context() {
            Some(cx) => self.give_back(cx),
            None => self.real = None,
        }
    }

    /// First the real lock is given back, then the gate opens after the last reader.
    fn give_back(&mut self, cx: Context) {
        self.real = None;
        let object = self.hold.object();
        cx.gave_shared(object);
        if cx.sharers(object) == 0 {
            cx.set_gate(object, Gate::Exclusive, true);
        }
    }
}

impl Drop for RawRead<'_> {
    fn drop(&mut self) {
        /// Gives the lock back also if the scheduling point before that unwinds.
        struct GiveBack<'a, 'b>(&'a mut RawRead<'b>, Context);
        impl Drop for GiveBack<'_, '_> {
            fn drop(&mut self) {
                self.0.give_back(self.1);
            }
        }
        if self.real.is_none() {
            return;
        }
        let Some(cx) = self.hold.context() else { return };
        let op = Op::new(OpKind::ReadUnlock, self.hold.object(), Access::Release, self.hold.place());
        let _give_back = GiveBack(self, cx);
        cx.point(op);
    }
}

impl<'a> RawWrite<'a> {
    pub(super) fn poisoned(&self) -> bool {
        self.poisoned
    }

    /// Makes a shared hold of this one; no other writer comes between.
    pub(super) fn downgrade(mut self, place: Place) -> RawRead<'a> {
        let (lock, hold) = (self.lock, self.hold);
        let cx = hold.context();
        if let Some(cx) = cx {
            cx.point(Op::new(OpKind::WriteUnlock, hold.object(), Access::Release, place));
        }
        let door = lock.door.lock().unwrap_or_else(PoisonError::into_inner);
        lock.downgrading.store(true, Ordering::Relaxed);
        self.real = None;
        // Whoever slips in here sees the mark and goes away.
        let (real, _) = parts(lock.inner.read());
        if !self.poisoned {
            // This was no end of an exclusive hold, so a panic that is under way has not poisoned it.
            lock.inner.clear_poison();
        }
        lock.downgrading.store(false, Ordering::Relaxed);
        drop(door);
        if let Some(cx) = cx {
            cx.gave(hold.object());
            cx.took(Hold::new(cx, hold.object(), place).op(OpKind::ReadLock), Guard::Shared);
            lock.let_readers_pass(cx, hold.object(), true);
        }
        RawRead { real: Some(real), hold, poisoned: false }
    }

    /// First the real lock is given back, then the gates open.
    fn give_back(&mut self, cx: Context) {
        self.real = None;
        // A task that is only cancelled has not panicked as far as the program is concerned.
        if !self.poisoned && self.lock.inner.is_poisoned() && cx.is_cancelling() {
            self.lock.inner.clear_poison();
        }
        hold::given_back(cx, self.hold.object());
        self.lock.let_readers_pass(cx, self.hold.object(), true);
    }
}

impl Drop for RawWrite<'_> {
    fn drop(&mut self) {
        /// Gives the lock back also if the scheduling point before that unwinds.
        struct GiveBack<'a, 'b>(&'a mut RawWrite<'b>, Context);
        impl Drop for GiveBack<'_, '_> {
            fn drop(&mut self) {
                self.0.give_back(self.1);
            }
        }
        if self.real.is_none() {
            return;
        }
        let Some(cx) = self.hold.context() else { return };
        let op = Op::new(OpKind::WriteUnlock, self.hold.object(), Access::Release, self.hold.place());
        let _give_back = GiveBack(self, cx);
        cx.point(op);
    }
}
