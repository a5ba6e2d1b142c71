//! What initialisation once has in common: one task runs the initialiser, others wait for it.

use coyote_engine::{Access, Context, Execution, Gate, ObjectCell, ObjectId, Op, OpKind, current, deliver};

use super::hold;
use crate::support::Place;

/// The engine's side of something that is initialised once.
pub(super) struct InitGate {
    /// Its exclusive gate is closed while an initialiser runs.
    running: ObjectCell,
    /// For those who wait without initialising: the exclusive gate is open once that is done, the
    /// shared one also once it has failed for good.
    done: ObjectCell,
}

/// How an initialisation stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Open,
    Failed,
    Done,
}

impl InitGate {
    #[track_caller]
    pub(super) const fn new() -> InitGate {
        InitGate { running: ObjectCell::new(), done: ObjectCell::new() }
    }

    /// A scheduling point at which the state is looked at, or changed at once.
    pub(super) fn point(
        &self,
        cx: Context,
        what: &'static str,
        (kind, access): (OpKind, Access),
        place: Place,
    ) {
        crate::support::point_on(cx, &self.running, what, kind, access, place);
    }

    /// Waits until no initialiser runs. Returns None if it is done then; otherwise the caller is the
    /// one to initialise.
    pub(super) fn begin(
        &self,
        cx: Context,
        what: &'static str,
        is_done: &dyn Fn() -> bool,
        place: Place,
    ) -> Option<Running<'_>> {
        let object = cx.object(&self.running, what);
        if is_done() {
            cx.point(Op::new(OpKind::Init, object, Access::Read, place));
            return None;
        }
        cx.wait(object, Gate::Exclusive, Op::new(OpKind::Init, object, Access::Acquire, place), None);
        if is_done() {
            return None;
        }
        hold::taken(cx, Op::new(OpKind::Init, object, Access::Acquire, place));
        self.show(&cx, Stage::Open);
        Some(Running { gate: self, execution: cx.id(), object, place })
    }

    /// Waits, without initialising, until that is done; with `or_failed`, also until it has failed.
    pub(super) fn wait(&self, cx: Context, what: &'static str, stage: Stage, or_failed: bool, place: Place) {
        let is_new = cx.known_object(&self.done).is_none();
        let object = cx.object(&self.done, what);
        if is_new {
            self.show(&cx, stage);
        }
        let gate = if or_failed { Gate::Shared } else { Gate::Exclusive };
        cx.wait(object, gate, Op::new(OpKind::Wait, object, Access::Read, place), None);
    }

    /// Opens or closes the gates of those who only wait.
    pub(super) fn show(&self, execution: &Execution, stage: Stage) {
        if let Some(object) = execution.known_object(&self.done) {
            execution.set_gate(object, Gate::Exclusive, stage == Stage::Done);
            execution.set_gate(object, Gate::Shared, stage != Stage::Open);
        }
    }

    /// A thread outside of control is about to initialise, or to wait for it.
    pub(super) fn foreign_begins(&self, what: &'static str, place: Place) {
        hold::foreign_blocks(&self.running, Gate::Exclusive, what, place);
    }

    /// A thread outside of control has initialised.
    pub(super) fn foreign_ended(&self, stage: Stage) {
        deliver(&self.done, |execution, _| self.show(execution, stage));
    }
}

/// The current task runs the initialiser; dropped, it does so no more.
pub(super) struct Running<'a> {
    gate: &'a InitGate,
    execution: u64,
    object: ObjectId,
    place: Place,
}

impl Running<'_> {
    fn context(&self) -> Option<Context> {
        current().filter(|cx| cx.id() == self.execution)
    }

    /// The scheduling point before the value can be seen.
    pub(super) fn before_end(&self) {
        if let Some(cx) = self.context() {
            cx.point(Op::new(OpKind::Init, self.object, Access::Release, self.place));
        }
    }

    /// Tells those who only wait how it ended.
    pub(super) fn ended(&self, stage: Stage) {
        if let Some(cx) = self.context() {
            self.gate.show(&cx, stage);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(cx) = self.context() {
            hold::given_back(cx, self.object);
        }
    }
}
