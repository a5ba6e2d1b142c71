//! An execution whose root is code that runs already: its stack is the OS thread's own, the *host*.
//!
//! That is how a program comes under control in the middle of a function. The host takes part as a carrier
//! that cannot be parked: where it would suspend itself, it resumes the other carriers, until one of them
//! hands over to it.

#![expect(unsafe_code, reason = "an execution that owns itself while its thread is in it")]

use std::panic::Location;
use std::sync::atomic::Ordering;

use super::panicked::Seen;
use super::rec::{State, flag, wake};
use super::{Execution, Options, Outcome, ROOT, Spawn, SwitchHook};
use crate::end::{End, Failure, FailureKind};
use crate::lane::LaneId;
use crate::op::TaskId;
use crate::panics::PanicRecord;
use crate::runner::{Decision, Runner};
use crate::strategy::Strategy;

/// The number of the host among the carriers.
pub(super) const HOST: u32 = super::OVER - 1;

/// Raises a panic on the host's stack because the run is over before the host has left it. Given what came
/// of it, and its decisions.
pub type Stop = fn(Outcome, Vec<Decision>) -> !;

/// How an execution in place is to be made.
pub struct InPlace {
    /// Its options.
    pub options: Options,
    /// Who decides.
    pub strategy: Box<dyn Strategy>,
    /// What the strategy draws from.
    pub seed: u64,
    /// Whether everything that happens is kept.
    pub record: bool,
    /// Where the program comes under control.
    pub location: &'static Location<'static>,
    /// Told of switches.
    pub switch_hook: &'static dyn SwitchHook,
    /// Ends the host's part.
    pub stop: Stop,
}

/// What is left of an execution in place. Frames of the host may refer to the execution until they have
/// returned: keep it until then.
pub struct Left {
    /// What came of it.
    pub outcome: Outcome,
    /// Its decisions.
    pub decisions: Vec<Decision>,
    _session: Box<Session>,
}

/// The parts of an execution in place.
struct Session {
    execution: Execution,
    strategy: *mut (dyn Strategy + 'static),
    _runner: Runner,
}

impl Drop for Session {
    fn drop(&mut self) {
        // SAFETY: made from a box by `enter_in_place`; the execution, which has a copy, is dropped without
        // using it.
        drop(unsafe { Box::from_raw(self.strategy) });
    }
}

/// What an execution in place knows of its host.
#[derive(Clone, Copy)]
pub(super) struct Host {
    session: *mut Session,
    stop: Stop,
}

/// Makes the calling code the root of a new execution, until [`leave_in_place`].
///
/// # Panics
/// Panics if this thread is under control already.
pub fn enter_in_place(in_place: InPlace) {
    let InPlace { options, strategy, seed, record, location, switch_hook, stop } = in_place;
    let mut runner = Runner::new(options);
    runner.set_switch_hook(switch_hook);
    runner.expect_cells();
    runner.set_observe(record);
    let strategy = Box::into_raw(strategy);
    // SAFETY: the box was given up just now, and nobody else has the pointer yet.
    runner.begin(unsafe { &mut *strategy }, seed);
    // SAFETY: as above; the execution keeps the pointer, and `Session` frees it after the execution's end.
    let execution = Execution::new(runner.setup(record), unsafe { &mut *strategy });
    let session = Box::into_raw(Box::new(Session { execution, strategy, _runner: runner }));
    // SAFETY: just made; freed by whoever gets `Left`, after the thread has left the execution.
    let execution = unsafe { &(*session).execution };
    execution.host.set(Some(Host { session, stop }));
    crate::context::set(execution);
    let spawn = Spawn { is_thread: true, name: None, lane: LaneId::UNLIMITED, location };
    drop(execution.create(std::future::pending::<()>(), spawn));
    let here = &raw const *execution;
    execution.slot.execution.store(here.cast_mut(), Ordering::Release);
    execution.carrier.set(HOST);
    let rec = execution.set_current(ROOT);
    rec.state.set(State::Running);
    rec.wake.set(wake::NONE);
    rec.begin_unusual_poll();
}

/// Ends the execution whose host the calling code is: cancels the tasks that are left, and returns what came
/// of it. None if the calling code is not the root of an execution in place.
pub fn leave_in_place() -> Option<Left> {
    let cx = crate::context::current()?;
    let host = cx.host.get().filter(|_| cx.current_task() == ROOT)?;
    let execution: &Execution = &cx;
    if std::thread::panicking() && execution.is_running() {
        let panic = execution.take_seen_panics(ROOT).pop().map(Seen::into_record);
        let panic =
            panic.unwrap_or(PanicRecord { message: "a panic without a message".to_owned(), location: None });
        let (task, kind) = (execution.task_name(ROOT), FailureKind::Panic);
        execution.set_end(End::Failed(Failure { task, in_root: true, kind, panic, context: Vec::new() }));
    }
    let panics = execution.words.map(|words| words.take());
    execution.end_host();
    execution.slot.execution.store(std::ptr::null_mut(), Ordering::Release);
    execution.drop_globals();
    execution.give_back();
    if let (Some(words), Some(panics)) = (execution.words, panics) {
        words.put(panics);
    }
    let (outcome, decisions) = (execution.outcome(), Decision::decode(&execution.decisions()));
    crate::context::clear();
    // SAFETY: made by `enter_in_place`, and given up once: `host` is found only while this thread is in it.
    let session = unsafe { Box::from_raw(host.session) };
    Some(Left { outcome, decisions, _session: session })
}

impl Execution {
    /// Returns whether the root is code that ran before the execution began.
    pub fn is_in_place(&self) -> bool {
        self.host.get().is_some()
    }

    /// Returns whether the current task is the host, which cannot be given up.
    pub(super) fn is_host(&self, task: TaskId) -> bool {
        task == ROOT && self.is_in_place()
    }

    /// The host has left: cancels what is left, and runs that to its end.
    fn end_host(&self) {
        self.returned(ROOT);
        let next = self.next_task().map_or(super::OVER, |next| self.enter(next));
        self.next_carrier.set(next);
        self.run_carriers();
    }

    /// The run is over, but the host is still in it: raises a panic there.
    pub(super) fn stop_host(&self) {
        let Some(host) = self.host.get() else { return };
        self.task(ROOT).set(flag::UNWINDING);
        let outcome = self.outcome();
        self.set_end(outcome.end.clone());
        (host.stop)(outcome, Decision::decode(&self.decisions()))
    }
}
