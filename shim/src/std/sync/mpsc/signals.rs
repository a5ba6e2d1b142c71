//! When the ends of a modelled channel may go on: gates for tasks, condition variables for threads
//! that are not under control. Not generic.

use ::std::sync::Condvar;
use ::std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};

use coyote_engine::{Access, Context, Execution, Gate, ObjectCell, ObjectId, Op, OpKind, current, deliver};

use crate::support::Place;

const WHAT: &str = "mpsc channel";

/// Which end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Receiver,
    Sender,
}

impl End {
    fn gate(self) -> Gate {
        match self {
            End::Receiver => Gate::Exclusive,
            End::Sender => Gate::Shared,
        }
    }
}

/// The state of both gates, kept so that each execution that meets the channel sees the same.
pub(super) struct Signals {
    object: ObjectCell,
    can_receive: AtomicBool,
    can_send: AtomicBool,
    /// Threads outside of control that wait.
    foreign: AtomicU32,
    pub(super) changed: Condvar,
}

impl Signals {
    pub(super) fn new(place: Place, can_send: bool) -> Signals {
        Signals {
            object: ObjectCell::at(place),
            can_receive: AtomicBool::new(false),
            can_send: AtomicBool::new(can_send),
            foreign: AtomicU32::new(0),
            changed: Condvar::new(),
        }
    }

    fn object(&self, cx: Context) -> ObjectId {
        if let Some(object) = cx.known_object(&self.object) {
            return object;
        }
        let object = cx.object(&self.object, WHAT);
        self.set_gates(&cx, object);
        object
    }

    fn set_gates(&self, execution: &Execution, object: ObjectId) {
        execution.set_gate(object, End::Receiver.gate(), self.can_receive.load(Relaxed));
        execution.set_gate(object, End::Sender.gate(), self.can_send.load(Relaxed));
    }

    /// The scheduling point before an operation that does not block.
    pub(super) fn point(&self, kind: OpKind, place: Place) {
        if let Some(cx) = current() {
            cx.point(Op::new(kind, self.object(cx), Access::Write, place));
        }
    }

    /// Waits, as the current task, until that end may go on; false if the deadline came first.
    pub(super) fn wait(
        &self,
        cx: Context,
        end: End,
        kind: OpKind,
        deadline: Option<u64>,
        place: Place,
    ) -> bool {
        let object = self.object(cx);
        cx.wait(object, end.gate(), Op::new(kind, object, Access::Write, place), deadline)
    }

    /// Keeps what has changed; the channel's own lock is held, which orders this.
    pub(super) fn record(&self, can_receive: bool, can_send: bool) {
        self.can_receive.store(can_receive, Relaxed);
        self.can_send.store(can_send, Relaxed);
    }

    /// Tells both ends what has changed; the channel's own lock must not be held.
    pub(super) fn show(&self) {
        let foreign = self.foreign.load(Relaxed) > 0;
        match current() {
            Some(cx) => {
                self.set_gates(&cx, self.object(cx));
                if foreign {
                    cx.note_uncontrolled(
                        "an OS thread that is not under control waits at a channel of the test".to_owned(),
                    );
                }
            }
            None => {
                deliver(&self.object, |execution, object| self.set_gates(execution, object));
            }
        }
        if foreign {
            self.changed.notify_all();
        }
    }

    /// Counts the current thread, which is not under control, as waiting while `wait` runs. The caller
    /// holds the channel's lock, which `wait` gives back, so whoever changes the state sees the count.
    pub(super) fn while_foreign<R>(&self, wait: impl FnOnce() -> R) -> R {
        self.foreign.fetch_add(1, Relaxed);
        let result = wait();
        self.foreign.fetch_sub(1, Relaxed);
        result
    }
}

/// The gate of one sender that hands its message over, and waits until it is taken.
pub(super) struct Ticket(pub(super) ObjectCell);

impl Ticket {
    pub(super) fn close(&self, cx: Context) {
        let object = cx.object(&self.0, WHAT);
        cx.set_gate(object, Gate::Exclusive, false);
    }

    pub(super) fn wait(&self, cx: Context, place: Place) {
        let object = cx.object(&self.0, WHAT);
        cx.wait(object, Gate::Exclusive, Op::new(OpKind::Send, object, Access::Read, place), None);
    }

    /// Lets the sender go on.
    pub(super) fn open(&self) {
        match current() {
            Some(cx) => {
                if let Some(object) = cx.known_object(&self.0) {
                    cx.set_gate(object, Gate::Exclusive, true);
                }
            }
            None => {
                deliver(&self.0, |execution, object| execution.set_gate(object, Gate::Exclusive, true));
            }
        }
    }
}
