//! Wakers without reference counts: a task's number and its execution's, in one word.
//!
//! A waker that outlives its task or its execution names something that is not there any more, and
//! is ignored. One used on another OS thread goes through that execution's inbox.

#![expect(unsafe_code, reason = "a raw waker vtable")]

use std::task::{RawWaker, RawWakerVTable, Waker};

use crate::op::TaskId;

/// Bits of a waker's word that name the task.
pub(crate) const ID_BITS: u32 = 24;

/// Identifies one execution among all of the process: 12 bits of slot, 28 bits of count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Epoch(pub(crate) u64);

impl Epoch {
    pub(crate) fn new(slot: usize, count: u64) -> Epoch {
        Epoch((slot as u64) << 28 | count & ((1 << 28) - 1))
    }

    pub(crate) fn slot(self) -> usize {
        (self.0 >> 28) as usize
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

/// Builds the word of a task's waker.
#[inline]
pub(crate) fn word(epoch: Epoch, task: TaskId) -> usize {
    (epoch.0 << ID_BITS | u64::from(task)) as usize
}

#[inline]
fn split(data: *const ()) -> (Epoch, TaskId) {
    let word = data as u64;
    (Epoch(word >> ID_BITS), (word & ((1 << ID_BITS) - 1)) as TaskId)
}

/// Builds a waker; it costs nothing and counts as no registration until it is cloned.
#[inline]
pub(crate) fn waker(word: usize) -> Waker {
    // SAFETY: the functions below never dereference the data, so any word will do, on any thread.
    unsafe { Waker::from_raw(RawWaker::new(std::ptr::without_provenance(word), &VTABLE)) }
}

/// Returns true if `waker` is the plain waker of that word, rather than one that a combinator such as
/// `FuturesUnordered` put in its place.
#[inline]
pub(crate) fn is_plain(waker: &Waker, word: usize) -> bool {
    waker.data() as usize == word && std::ptr::eq(waker.vtable(), &VTABLE)
}

fn clone(data: *const ()) -> RawWaker {
    let (epoch, task) = split(data);
    crate::context::with_current(|ex| {
        if ex.epoch() == epoch {
            ex.waker_cloned(task);
        }
    });
    RawWaker::new(data, &VTABLE)
}

fn drop_waker(data: *const ()) {
    let (epoch, task) = split(data);
    crate::context::with_current(|ex| {
        if ex.epoch() == epoch {
            ex.waker_dropped(task);
        }
    });
}

fn wake(data: *const ()) {
    wake_by_ref(data);
    drop_waker(data);
}

fn wake_by_ref(data: *const ()) {
    let (epoch, task) = split(data);
    let here = crate::context::with_current(|ex| {
        let here = ex.epoch() == epoch;
        if here {
            ex.wake(task);
        }
        here
    });
    if here != Some(true) {
        crate::remote::wake(epoch, task);
    }
}
