//! One controlled execution: the tasks, what they may do next, and what has happened.
//!
//! | file | room |
//! |---|---|
//! | `mod.rs` | the state, beginning and end of a run |
//! | `rec.rs` | what is known of one task; pooled memory |
//! | `point.rs` | scheduling points, gates, condition variables: the hot path |
//! | `drive.rs` | the carriers' loop: pick a task, poll it, deal with what came of it |
//! | `tasks.rs` | creating, waking, aborting, joining, running futures to their end on a thread |
//! | `time.rs` | the virtual clock |
//! | `in_place.rs` | executions whose root is code that runs already |
//! | `teardown.rs` | cancelling what is left, as a schedule of its own |
//! | `deadlock.rs` | who waits for what |
//! | `ends.rs` | how an execution comes to its end, and what is noted on the way |
//! | `clocks.rs` | happens-before by synchronisation, data races |
//! | `lock_order.rs` | circles in the order of locks |
//! | `notes.rs` | what there is to say of few executions |
//! | `holds.rs` | who has what, since where: leaks, locks kept across an `.await` |
//! | `liveness.rs` | what is hot, and for how long; alarms by step |
//! | `spurious.rs` | what happens for no reason |
//! | `retold.rs` | what stands for an execution in another process |
//! | `record.rs` | names in words, full recordings |
//! | `panicked.rs` | panics: seen, observed by a join, in progress |
//! | `observe.rs` | what a recording for readers has besides |
//!
//! The engine is re-entered only at scheduling points. State is in `Cell`s, or in `Own` cells that are
//! never borrowed across user code or a switch.

mod clocks;
mod deadlock;
mod drive;
mod ends;
mod holds;
mod in_place;
mod liveness;
mod lock_order;
mod notes;
mod observe;
mod outside;
mod panicked;
mod point;
mod rec;
mod record;
mod retold;
mod spurious;
mod tasks;
mod teardown;
mod time;

use std::cell::Cell;
use std::future::Future;
use std::panic::Location;

pub(crate) use drive::drive;
pub use holds::Guard;
pub(crate) use holds::Held;
pub use in_place::{InPlace, Left, Stop, enter_in_place, leave_in_place};
pub use lock_order::{CycleStep, LockCycle, LockOrder};
pub use notes::{Noted, Notes};
pub use observe::{
    Ability, ActorChange, Holding, Observed, ObservedActor, ObservedObject, ObservedObjectState,
    ObservedPosition, ObservedTask, Stack,
};
pub use outside::Outside;
pub(crate) use point::CHOICE;
pub(crate) use rec::Pool;
use record::Recorded;
pub use record::{Preempted, RecordedStep, Recording, is_any_recorded};
pub(crate) use retold::Retold;
pub(crate) use tasks::free_orphan;
pub use tasks::{Spawn, yield_on_pending};

use rec::{LocalSlot, TaskRec};

use crate::context::Entered;
use crate::detect::{Leaks, Warning};
use crate::end::End;
use crate::lane::{Lane, LaneId};
use crate::object::ObjectRec;
use crate::op::{ObjectId, Op, TaskId};
use crate::own::Own;
use crate::panic_words::PanicWords;
use crate::panics::PanicRecord;
use crate::remote::Slot;
use crate::strategy::Strategy;
use crate::task::TaskHandle;
use crate::waker::Epoch;

/// The virtual clock, as a task: in `racing` mode it is enabled while a timer is armed.
pub(crate) const CLOCK: TaskId = 0;
/// The root task.
pub(crate) const ROOT: TaskId = 1;
/// Objects with this bit are tasks.
pub(crate) const TASK_OBJECT: u32 = 1 << 31;
/// No carrier is to be resumed: the execution is over.
const OVER: u32 = u32::MAX;

/// How virtual time passes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Time {
    /// The clock moves only when nothing else can run, to the next deadline.
    #[default]
    Idle,
    /// A timer may also fire before ready work, as on a slow machine; deadline order is kept.
    Racing,
}

/// Where tasks may be switched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Granularity {
    /// Before every visible operation.
    #[default]
    Op,
    /// Only where a poll returns `Pending`, or a thread blocks or yields.
    Await,
}

/// What becomes of a task's panic that nobody joined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UnobservedPanic {
    /// It is a bug.
    #[default]
    Fail,
    /// It is ignored, as tokio does.
    Ignore,
}

/// Options of an execution.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of stack per carrier.
    pub stack_size: usize,
    /// The most scheduling points in an unfair schedule.
    pub max_unfair_steps: u64,
    /// The most scheduling points in a fair schedule.
    pub max_fair_steps: u64,
    /// How virtual time passes.
    pub time: Time,
    /// Where tasks may be switched.
    pub granularity: Granularity,
    /// What becomes of a panic that nobody joined.
    pub unobserved_panic: UnobservedPanic,
    /// For how many scheduling points of a fair schedule a monitor may be hot; 0 for any number. By default
    /// half the bound of a fair schedule.
    pub liveness_threshold: Option<u64>,
    /// Whether waits of threads may end, and weak exchanges fail, for no reason: see [`Execution::spurious`].
    pub spurious: bool,
    /// What becomes of a lock, share or permit that was never given back.
    pub leaks: Leaks,
    /// Whether data races on tracked cells are looked for.
    pub races: bool,
    /// Whether circles in the order of locks are looked for.
    pub lock_order: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            stack_size: 2 << 20,
            max_unfair_steps: 10_000,
            max_fair_steps: 100_000,
            time: Time::Idle,
            granularity: Granularity::Op,
            unobserved_panic: UnobservedPanic::Fail,
            liveness_threshold: None,
            spurious: true,
            leaks: Leaks::Warn,
            races: true,
            lock_order: true,
        }
    }
}

/// What came of an execution.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// Scheduling points passed.
    pub steps: u64,
    /// Tasks created, root included.
    pub tasks: u32,
    /// Identifies the execution up to the order of independent operations.
    pub fingerprint: u64,
    /// Whether the whole schedule was fair.
    pub fair: bool,
    /// Tasks that could not be unwound; their memory is kept for ever.
    pub abandoned: u32,
    /// What else there is to say.
    pub notes: Notes,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Running,
    Teardown,
}

/// One controlled execution. Reached through [`Context`](crate::Context).
pub struct Execution {
    slot: &'static Slot,
    current: Cell<TaskId>,
    /// The record of `current`.
    current_rec: Cell<*const TaskRec>,
    /// The carrier that runs now.
    carrier: Cell<u32>,
    next_carrier: Cell<u32>,
    strategy: *mut (dyn Strategy + 'static),
    pool: *const Pool,
    epoch: Epoch,
    fingerprint: Cell<u64>,
    /// Whether clocks are kept.
    clocked: Cell<bool>,
    words: Option<PanicWords>,

    /// Whether the strategy cares about yields.
    tell_yields: bool,
    /// Whether the strategy cares about points at which there is nothing to pick.
    tell_all: bool,
    /// Whether something makes every scheduling point take the slow path.
    slow: Cell<bool>,
    /// Whether points at which there is nothing to pick matter to anybody: `slow || tell_all`.
    attentive: Cell<bool>,
    phase: Cell<Phase>,
    time: Time,
    granularity: Granularity,
    unobserved_panic: UnobservedPanic,
    leaks: Leaks,
    lock_order: bool,
    /// At which place, counted from here, something happens for no reason; see `spurious.rs`.
    spurious: Cell<u8>,
    max_unfair_steps: u64,
    max_fair_steps: u64,
    /// For how many scheduling points of a fair schedule a monitor may be hot.
    liveness_threshold: u64,
    /// Something is to be done at the first scheduling point after this one.
    alarm: Cell<u64>,
    /// Since when the schedule is known to be fair.
    fair_since: Cell<u64>,
    /// Points do nothing while this is above 0.
    suppressed: Cell<u32>,
    /// The next point is a thread's own wish to let others go first.
    yielding: Cell<bool>,
    recording: Cell<bool>,
    /// Counts it as recorded.
    _recorded: Option<Recorded>,
    /// Whether more than the steps is recorded.
    observing: Cell<bool>,

    next_task: Cell<u32>,
    next_object: Cell<u32>,
    next_lane: Cell<u32>,
    unfinished: Cell<u32>,
    /// How much is held by tasks: see `holds.rs`.
    held: Cell<u32>,
    /// Task memory whose handle, or whose task, is still there.
    cells: Cell<u32>,
    now: Cell<u64>,
    /// Whether a clock was ever frozen.
    clocks_differ: Cell<bool>,
    outside: Cell<Option<std::rc::Rc<dyn Outside>>>,
    outside_used: Cell<bool>,
    outside_has_parts: Cell<bool>,
    /// The step at which the outside had its turn last.
    last_turn: Cell<u64>,
    /// How much virtual time frozen clocks' moves may have taken since it last passed.
    advancing: Cell<u64>,
    /// Whether an OS thread outside of control was created in, or has acted on, this execution.
    foreign: Cell<bool>,
    teardown_steps: Cell<u64>,
    abandoned: Cell<u32>,
    cold: Own<Option<Box<Cold>>>,
    clocks: Own<Option<Box<clocks::Clocks>>>,
    switch_hook: Option<&'static dyn SwitchHook>,
    /// Set if the root runs on the OS thread's own stack.
    host: Cell<Option<in_place::Host>>,
}

/// What most executions have no use for. Made when it is first needed.
#[derive(Default)]
struct Cold {
    end: Option<End>,
    recorded: Recording,
    observing: observe::Observing,
    /// How many steps of each task are in the recording.
    steps_of: Vec<u32>,
    /// Panics that nobody has observed yet.
    panics: Vec<(TaskId, PanicRecord)>,
    /// What the hook saw of each task: its latest panic, and after that those of the destructors that
    /// the panic runs.
    seen_panics: Vec<panicked::Seen>,
    /// How many panics the hook was told of.
    panics_seen: u32,
    /// Which of these each panic of the recording is.
    recorded_panics: Vec<u32>,
    /// A panic that cannot unwind, after which std aborts.
    fatal: Option<PanicRecord>,
    uncontrolled: Vec<String>,
    warnings: Vec<Warning>,
    /// Locks kept across an `.await` on one thread.
    kept: Vec<holds::Kept>,
    edges: Vec<lock_order::Edge>,
    has_new_edges: bool,
    orders: Vec<LockOrder>,
    cycles: Vec<LockCycle>,
    /// Who waits in line for an object, in order, while that is recorded.
    lines: Vec<deadlock::InLine>,
    tickets: u32,
    /// Values that belong to the whole execution, by key.
    globals: Vec<LocalSlot>,
    liveness: liveness::Liveness,
}

/// Told when a task is switched away inside a poll, and when it goes on: for ambient state that
/// belongs to the task, such as a `tracing` span that it has entered.
pub trait SwitchHook: Sync {
    /// The running task is switched away. The value is given back when it goes on.
    fn leave(&self) -> u64;
    /// A task goes on.
    fn enter(&self, left: u64);
}

/// How a run is to be made.
pub(crate) struct Setup<'a> {
    pub(crate) pool: &'a Pool,
    pub(crate) options: &'a Options,
    pub(crate) slot: &'static Slot,
    pub(crate) epoch: Epoch,
    pub(crate) words: Option<PanicWords>,
    pub(crate) record: bool,
    pub(crate) observe: bool,
    pub(crate) switch_hook: Option<&'static dyn SwitchHook>,
    /// Whether clocks are to tell what comes after what in every schedule, rather than in this one.
    pub(crate) order_clocks: bool,
}

/// Runs one execution of the root future that `root` makes, and returns what came of it; what the root returned is
/// put into `output`.
pub(crate) fn run<F, Fut>(
    setup: Setup<'_>,
    strategy: &mut (dyn Strategy + 'static),
    root: F,
    location: &'static Location<'static>,
    is_thread: bool,
    output: &mut Option<Fut::Output>,
) -> Outcome
where
    F: FnOnce() -> Fut,
    Fut: Future,
{
    let execution = Execution::new(setup, strategy);
    let _entered = Entered::new(&execution);
    let spawn = Spawn { is_thread, name: None, lane: LaneId::UNLIMITED, location };
    let handle: TaskHandle<Fut::Output> = execution.create(async { root().await }, spawn);
    let here = &raw const execution;
    execution.slot.execution.store(here.cast_mut(), std::sync::atomic::Ordering::Release);
    execution.run_to_end();
    execution.slot.execution.store(std::ptr::null_mut(), std::sync::atomic::Ordering::Release);
    if let Some(Ok(returned)) = handle.take_last(&execution) {
        *output = Some(returned);
    }
    execution.drop_globals();
    execution.give_back();
    execution.look_for_leaks();
    execution.look_for_circles();
    // Written where the caller wants it: an outcome is large.
    execution.outcome()
}

impl Execution {
    fn new(setup: Setup<'_>, strategy: &mut (dyn Strategy + 'static)) -> Execution {
        let pool = setup.pool;
        pool.enabled.with(|enabled| enabled.clear());
        pool.decisions.with(|decisions| decisions.clear());
        pool.timers.with(|timers| timers.clear());
        pool.clocks.with(|clocks| clocks.clear());
        let options = setup.options;
        let slow = setup.record
            || options.time == Time::Racing
            || options.granularity == Granularity::Await
            || setup.words.is_none();
        setup.slot.begin(setup.epoch);
        let (tell_yields, tell_all) = (strategy.wants_yields(), strategy.wants_every_point());
        // One that is recorded is to come to the same race, wherever it is made.
        let clocked = setup.order_clocks || options.races && (setup.record || pool.tracked.get());
        let fair_since = if strategy.is_fair(0) { 0 } else { u64::MAX };
        // As `set_fast_until` would.
        let fast_until = if slow { 0 } else { options.max_unfair_steps };
        setup.slot.fast_until.store(fast_until, std::sync::atomic::Ordering::Relaxed);
        Execution {
            tell_yields,
            tell_all,
            slot: setup.slot,
            current: Cell::new(CLOCK),
            current_rec: Cell::new(std::ptr::null()),
            carrier: Cell::new(OVER),
            next_carrier: Cell::new(OVER),
            strategy,
            pool,
            epoch: setup.epoch,
            fingerprint: Cell::new(0),
            clocked: Cell::new(clocked),
            clocks: Own::new(clocked.then(|| Box::new(clocks::Clocks::new(setup.order_clocks)))),
            words: setup.words,
            slow: Cell::new(slow),
            attentive: Cell::new(slow || tell_all),
            phase: Cell::new(Phase::Running),
            time: options.time,
            granularity: options.granularity,
            unobserved_panic: options.unobserved_panic,
            leaks: options.leaks,
            lock_order: options.lock_order,
            spurious: Cell::new(if options.spurious { spurious::UNDECIDED } else { spurious::NEVER }),
            max_unfair_steps: options.max_unfair_steps,
            max_fair_steps: options.max_fair_steps,
            liveness_threshold: match options.liveness_threshold {
                None => (options.max_fair_steps / 2).max(1),
                Some(0) => u64::MAX,
                Some(threshold) => threshold,
            },
            alarm: Cell::new(u64::MAX),
            fair_since: Cell::new(fair_since),
            suppressed: Cell::new(0),
            yielding: Cell::new(false),
            recording: Cell::new(setup.record),
            _recorded: setup.record.then(Recorded::begin),
            observing: Cell::new(setup.record && setup.observe),
            next_task: Cell::new(ROOT),
            next_object: Cell::new(1),
            next_lane: Cell::new(0),
            unfinished: Cell::new(0),
            held: Cell::new(0),
            cells: Cell::new(0),
            now: Cell::new(0),
            clocks_differ: Cell::new(false),
            outside: Cell::new(None),
            outside_used: Cell::new(false),
            outside_has_parts: Cell::new(false),
            last_turn: Cell::new(0),
            advancing: Cell::new(0),
            foreign: Cell::new(false),
            teardown_steps: Cell::new(0),
            abandoned: Cell::new(0),
            cold: Own::new(None),
            switch_hook: setup.switch_hook,
            host: Cell::new(None),
        }
    }

    fn has_cold(&self) -> bool {
        self.cold.with(|cold| cold.is_some())
    }

    /// Lends the rarely used state, making it first if need be.
    fn cold<R>(&self, f: impl FnOnce(&mut Cold) -> R) -> R {
        self.cold.with(|cold| f(cold.get_or_insert_default()))
    }

    /// Lends the rarely used state if there is any; otherwise returns what an empty one would give.
    #[inline]
    fn if_cold<R: Default>(&self, f: impl FnOnce(&mut Cold) -> R) -> R {
        self.cold.with(|cold| cold.as_mut().map(|cold| f(cold)).unwrap_or_default())
    }

    /// Sets whether every scheduling point takes the slow path.
    fn set_slow(&self, slow: bool) {
        self.slow.set(slow);
        self.attentive.set(slow || self.tell_all);
        self.set_fast_until();
    }

    /// Sets the number of steps up to which `point` need not look around.
    fn set_fast_until(&self) {
        let until = if self.slow.get() { 0 } else { self.max_unfair_steps.min(self.alarm.get()) };
        self.slot.fast_until.store(until, std::sync::atomic::Ordering::Relaxed);
    }

    pub(crate) fn outcome(&self) -> Outcome {
        let mut outcome = Outcome {
            end: End::Completed,
            steps: self.slot.steps(),
            tasks: self.next_task.get() - ROOT,
            fingerprint: self.fingerprint.get(),
            fair: self.strategy().is_fair(0),
            abandoned: self.abandoned.get(),
            notes: Notes::default(),
        };
        if self.has_cold() || self.recording.get() {
            self.tell(&mut outcome);
        }
        outcome
    }

    /// Adds the end, if it is another than the one that is assumed, and what else there is to say.
    #[cold]
    fn tell(&self, outcome: &mut Outcome) {
        if self.observing.get() {
            self.observe_tables();
        }
        let is_recorded = self.recording.get();
        self.cold(|cold| {
            if let Some(end) = cold.end.take() {
                outcome.end = end;
            }
            outcome.notes = Notes::new(Noted {
                uncontrolled: std::mem::take(&mut cold.uncontrolled),
                warnings: std::mem::take(&mut cold.warnings),
                cycles: std::mem::take(&mut cold.cycles),
                orders: std::mem::take(&mut cold.orders),
                recording: is_recorded.then(|| Box::new(std::mem::take(&mut cold.recorded))),
            });
        });
    }

    #[expect(unsafe_code, reason = "the pool outlives the run")]
    #[inline]
    fn pool(&self) -> &Pool {
        // SAFETY: `run` borrows the pool for longer than the execution lives, and all its content
        // is behind shared cells.
        unsafe { &*self.pool }
    }

    #[expect(unsafe_code, reason = "the strategy is borrowed for the run")]
    #[inline]
    #[expect(clippy::mut_from_ref, reason = "never lent twice: strategies do not call back")]
    fn strategy(&self) -> &mut (dyn Strategy + 'static) {
        // SAFETY: `run` has the only reference and lends it for the execution's life. Strategies
        // see a `Point`, through which they cannot reach another strategy call.
        unsafe { &mut *self.strategy }
    }

    #[inline]
    fn task(&self, task: TaskId) -> &TaskRec {
        self.pool().tasks.get(task)
    }

    /// Makes `task` the current one, and returns its record.
    #[inline]
    fn set_current(&self, task: TaskId) -> &TaskRec {
        let rec = self.task(task);
        self.current.set(task);
        self.current_rec.set(rec);
        rec
    }

    /// Returns the record of the current task; there is one as soon as the root has been entered.
    #[expect(unsafe_code, reason = "saves a look-up on the hot path")]
    #[inline]
    fn current_rec(&self) -> &TaskRec {
        debug_assert!(!self.current_rec.get().is_null(), "no task is current");
        // SAFETY: set by `set_current` before any task runs, to a record in the pool, where records
        // never move.
        unsafe { &*self.current_rec.get() }
    }

    #[inline]
    fn object_rec(&self, object: ObjectId) -> &ObjectRec {
        self.pool().objects.get(object.0)
    }

    #[inline]
    fn lane(&self, lane: u32) -> &Lane {
        self.pool().lanes.get(lane)
    }

    pub(crate) fn slot(&self) -> &'static Slot {
        self.slot
    }

    pub(crate) fn slot_index(&self) -> usize {
        self.epoch.slot()
    }

    #[inline]
    pub(crate) fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Returns the task that runs now.
    #[inline]
    pub fn current_task(&self) -> TaskId {
        self.current.get()
    }

    /// Returns a number, never 0, that no other execution of this process has.
    #[inline]
    pub fn id(&self) -> u64 {
        self.epoch.0
    }

    /// Returns what becomes of a panic that nobody joined.
    pub fn unobserved_panic(&self) -> UnobservedPanic {
        self.unobserved_panic
    }

    /// Returns how many tasks have not ended, the root included.
    pub fn unfinished_tasks(&self) -> u32 {
        self.unfinished.get()
    }

    /// Returns the number of tasks created so far, and one more: the number that the next one gets.
    pub(crate) fn created_tasks(&self) -> TaskId {
        self.next_task.get()
    }

    /// Returns the number of scheduling points so far.
    pub fn steps(&self) -> u64 {
        self.slot.steps()
    }

    /// Returns true while the root runs; false once the execution is being torn down.
    pub fn is_running(&self) -> bool {
        self.phase.get() == Phase::Running
    }

    pub(crate) fn pending(&self, task: TaskId) -> Op {
        if task == CLOCK {
            return Op::local(crate::op::OpKind::Tick, Location::caller());
        }
        self.task(task).op()
    }

    /// Returns the decisions so far: the number of the task picked, or `CHOICE | value`.
    pub(crate) fn decisions(&self) -> Vec<u32> {
        self.pool().decisions.with(|decisions| decisions.clone())
    }

    /// Returns the hash of a task's creation path; the clock's is 0.
    pub(crate) fn path_hash(&self, task: TaskId) -> u64 {
        if task == CLOCK { 0 } else { self.task(task).path.get() }
    }

    /// Returns where an object was created, if it is known and no task.
    pub(crate) fn object_created_at(&self, object: ObjectId) -> Option<&'static Location<'static>> {
        if object == ObjectId::NONE || object.0 & TASK_OBJECT != 0 {
            return None;
        }
        self.object_rec(object).created.get()
    }

    pub(crate) fn strategy_name(&self) -> String {
        self.strategy().name()
    }

    /// Returns the value under `key` that belongs to the current task.
    pub fn local(&self, key: usize) -> Option<std::rc::Rc<dyn std::any::Any>> {
        let find =
            |slots: &mut Vec<LocalSlot>| slots.iter().find(|slot| slot.0 == key).map(|slot| slot.1.clone());
        self.current_rec().locals.with(find)
    }

    /// Replaces the value under `key` that belongs to the current task, and returns the old one.
    pub fn set_local(
        &self,
        key: usize,
        value: Option<std::rc::Rc<dyn std::any::Any>>,
    ) -> Option<std::rc::Rc<dyn std::any::Any>> {
        self.current_rec().locals.with(|slots| replace_slot(slots, key, value))
    }

    /// Gives a value under `key` to another task, which has not ended: what a task inherits from the one
    /// that creates it.
    pub fn set_local_of(&self, task: TaskId, key: usize, value: std::rc::Rc<dyn std::any::Any>) {
        if !self.is_finished(task) {
            let _old = self.task(task).locals.with(|slots| replace_slot(slots, key, Some(value)));
        }
    }

    /// Like [`Execution::local`], for what belongs to an OS thread in the real program: tasks that
    /// share a lane of width 1 share these values.
    pub fn thread_local(&self, key: usize) -> Option<std::rc::Rc<dyn std::any::Any>> {
        let find =
            |slots: &mut Vec<LocalSlot>| slots.iter().find(|slot| slot.0 == key).map(|slot| slot.1.clone());
        self.with_thread_locals(find)
    }

    /// Like [`Execution::set_local`], for what belongs to an OS thread in the real program.
    pub fn set_thread_local(
        &self,
        key: usize,
        value: Option<std::rc::Rc<dyn std::any::Any>>,
    ) -> Option<std::rc::Rc<dyn std::any::Any>> {
        self.with_thread_locals(|slots| replace_slot(slots, key, value))
    }

    /// Lends the values of the OS thread that would run the current task: of the one that drives its lane,
    /// if that is of width 1; otherwise the task counts as a thread of its own.
    fn with_thread_locals<R>(&self, f: impl FnOnce(&mut Vec<LocalSlot>) -> R) -> R {
        match self.shared_thread() {
            None => self.current_rec().locals.with(f),
            Some(lane) => match self.lane(lane as u32).thread.get() {
                0 => self.pool().lane_locals.with(|locals| f(&mut locals[lane])),
                thread => self.task(thread).locals.with(f),
            },
        }
    }

    /// Destroys the values that belong to the one thread of a lane of width 1, which has ended: not to a task
    /// that drives the lane.
    pub fn end_thread_of(&self, lane: LaneId) {
        let take = |locals: &mut Vec<Vec<LocalSlot>>| locals.get_mut(lane.0 as usize).map(std::mem::take);
        while let Some(values) = self.pool().lane_locals.with(take).filter(|values| !values.is_empty()) {
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(values)));
        }
    }

    fn shared_thread(&self) -> Option<usize> {
        let lane = self.current_rec().lane.get();
        (lane != LaneId::UNLIMITED.0 && self.lane(lane).width.get() == 1).then_some(lane as usize)
    }

    /// Returns the value under `key` that belongs to the whole execution.
    pub fn global(&self, key: usize) -> Option<std::rc::Rc<dyn std::any::Any>> {
        let find =
            |slots: &mut Vec<LocalSlot>| slots.iter().find(|slot| slot.0 == key).map(|slot| slot.1.clone());
        self.if_cold(|cold| find(&mut cold.globals))
    }

    /// Sets the value under `key` that belongs to the whole execution; it is dropped at its end.
    pub fn set_global(&self, key: usize, value: std::rc::Rc<dyn std::any::Any>) {
        drop(self.cold(|cold| replace_slot(&mut cold.globals, key, Some(value))));
    }

    #[inline]
    fn drop_globals(&self) {
        self.end_outside();
        if self.has_cold() || self.next_lane.get() > 0 {
            self.drop_values();
        }
    }

    #[cold]
    fn drop_values(&self) {
        loop {
            let mut globals = self.if_cold(|cold| std::mem::take(&mut cold.globals));
            if self.next_lane.get() > 0 {
                let of_lanes = |lanes: &mut Vec<Vec<LocalSlot>>| {
                    lanes.iter_mut().for_each(|slots| globals.append(slots));
                };
                self.pool().lane_locals.with(of_lanes);
            }
            if globals.is_empty() {
                return;
            }
            let drop_all = std::panic::AssertUnwindSafe(|| drop(globals));
            let _ = std::panic::catch_unwind(drop_all);
        }
    }

    /// Creates a lane of `width` places.
    pub fn create_lane(&self, width: u32) -> LaneId {
        let id = self.next_lane.get();
        self.next_lane.set(id + 1);
        self.pool().lanes.begin(id, |lane| lane.begin(width.max(1)));
        self.pool().lane_locals.with(|locals| {
            if locals.len() <= id as usize {
                locals.resize_with(id as usize + 1, Vec::new);
            }
        });
        LaneId(id)
    }

    /// Returns whether nothing of the current task's lane is ready but itself.
    pub fn is_alone_in_lane(&self) -> bool {
        let lane = self.current_rec().lane.get();
        lane != LaneId::UNLIMITED.0 && self.lane(lane).ready.get(|ready| ready.is_empty())
    }

    /// Returns the lane of the current task.
    pub fn current_lane(&self) -> LaneId {
        LaneId(self.current_rec().lane.get())
    }
}

fn replace_slot(
    slots: &mut Vec<LocalSlot>,
    key: usize,
    value: Option<std::rc::Rc<dyn std::any::Any>>,
) -> Option<std::rc::Rc<dyn std::any::Any>> {
    match (slots.iter().position(|slot| slot.0 == key), value) {
        (Some(at), Some(value)) => Some(std::mem::replace(&mut slots[at].1, value)),
        (Some(at), None) => Some(slots.remove(at).1),
        (None, Some(value)) => {
            slots.push((key, value));
            None
        }
        (None, None) => None,
    }
}
