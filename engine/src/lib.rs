//! One controlled execution of a concurrent program: tasks, scheduling points, strategies, traces.
//!
//! This crate knows nothing of tokio. Mirrors of real crates call [`Execution::point`] before each
//! visible operation, and [`Execution::wait`] where they block; [`Runner`] runs one execution after the
//! other under a [`Strategy`](strategy::Strategy). `ARCHITECTURE.md` at the root of the repository
//! explains the shape.

mod alloc;
mod bits;
mod carrier;
mod chunks;
mod clock;
mod context;
mod detect;
mod end;
mod execution;
mod hashed;
mod interpose;
#[cfg(unix)]
mod isolate;
mod lane;
mod object;
mod op;
mod own;
mod panic_words;
mod panics;
mod remote;
mod rng;
mod runner;
pub mod strategy;
mod supervise;
mod task;
pub mod trace;
mod waker;

pub use bits::TaskSet;
pub use clock::{ClockId, TimerKey};
pub use context::{Context, current};
pub use detect::{Detector, Leaks, Warning};
pub use end::{
    Awaits, Crash, Deadlock, Divergence, End, Failure, FailureKind, Holder, Livelock, Starved, Unpolled,
    Waiting, WaitingOn,
};
pub use execution::{
    Ability, ActorChange, CycleStep, Execution, Granularity, Guard, Holding, InPlace, Left, LockCycle,
    LockOrder, Noted, Notes, Observed, ObservedActor, ObservedObject, ObservedObjectState, ObservedPosition,
    ObservedTask, Options, Outcome, Outside, Preempted, RecordedStep, Recording, Spawn, Stack, Stop,
    SwitchHook, Time, UnobservedPanic, enter_in_place, is_any_recorded, leave_in_place, yield_on_pending,
};
pub use hashed::Hashed;
#[cfg(unix)]
pub use isolate::{Isolated, Isolation, Job, fix_addresses};
pub use lane::LaneId;
pub use object::{Gate, ObjectCell};
pub use op::{Access, ObjectId, Op, OpKind, Ordered, TaskId};
pub use panics::{PanicRecord, is_cancellation};
pub use remote::{deliver, deliver_to, is_live};
pub use rng::{Rng, mix};
pub use runner::{Decision, Runner};
pub use supervise::{Frozen, Supervised, supervise};
pub use task::{AbortRef, TaskError, TaskHandle};

/// Whether this crate was compiled with optimisation. Explorations are several times slower if not.
pub const IS_OPTIMISED: bool = !matches!(env!("COYOTE_OPT_LEVEL").as_bytes(), b"0" | b"");
