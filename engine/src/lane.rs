//! Lanes: which tasks of one runtime may be in the middle of a poll at the same time.
//!
//! A `current_thread` runtime and a `LocalSet` are lanes of width 1, a `multi_thread` runtime with n
//! workers one of width n. A lane-mate that is ready but not started is hidden from the enabled set
//! while the lane is full. A task that blocks its worker keeps its place.

use std::cell::Cell;

use crate::bits::TaskSet;
use crate::op::TaskId;
use crate::own::Own;

/// A lane's number in its execution.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct LaneId(pub(crate) u32);

impl LaneId {
    /// No lane: as many tasks at a time as there are.
    pub const UNLIMITED: LaneId = LaneId(u32::MAX);
}

#[derive(Default)]
pub(crate) struct Lane {
    pub(crate) width: Cell<u32>,
    /// The thread that drives a lane of width 1 now, in `block_on`; 0 if none.
    pub(crate) thread: Cell<TaskId>,
    /// Tasks in the middle of a poll.
    pub(crate) running: Cell<u32>,
    /// The scheduling point at which the latest of them was.
    pub(crate) entered: Cell<u64>,
    /// Ready tasks that are not in the middle of a poll. They are in the enabled set if, and only if,
    /// `running < width`.
    pub(crate) ready: Own<TaskSet>,
}

impl Lane {
    pub(crate) fn begin(&mut self, width: u32) {
        self.width.set(width);
        self.thread.set(0);
        self.running.set(0);
        self.entered.set(0);
        self.ready.get_mut().clear();
    }

    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.running.get() < self.width.get()
    }
}
