//! The mirror of `std::sync::{Barrier, BarrierWaitResult}`.
//!
//! Each generation of arrivals waits at a gate of its own, which the last one opens.

use ::std::fmt;
use ::std::sync as real;
use ::std::sync::{Arc, PoisonError};

use coyote_engine::{Access, Context, Gate, ObjectCell, ObjectId, Op, OpKind, current, deliver};

use super::hold::here;
use crate::support::{Place, point_on};

const WHAT: &str = "Barrier";

/// Lets threads wait for each other, as [`std::sync::Barrier`](::std::sync::Barrier).
pub struct Barrier {
    object: ObjectCell,
    created: Place,
    size: usize,
    arrivals: real::Mutex<Arrivals>,
    inner: real::Barrier,
}

/// Who has arrived in one execution.
struct Arrivals {
    /// The execution's number.
    execution: u64,
    count: usize,
    /// The gate of the present generation, once somebody waits at it.
    gate: Option<Arc<ObjectCell>>,
}

/// Tells whether the caller was the one that let the others go.
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Returns true for exactly one of those that waited for each other.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// Creates a barrier at which `n` threads wait for each other.
    #[track_caller]
    #[must_use]
    pub const fn new(n: usize) -> Barrier {
        let arrivals = Arrivals { execution: 0, count: 0, gate: None };
        Barrier {
            object: ObjectCell::new(),
            created: here(),
            size: n,
            arrivals: real::Mutex::new(arrivals),
            inner: real::Barrier::new(n),
        }
    }

    /// Blocks until as many threads have arrived as the barrier was made for.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let place = here();
        let Some(cx) = current() else {
            let thread = ::std::thread::current();
            let name = thread.name().unwrap_or("without a name");
            deliver(&self.object, |execution, _| {
                execution.end_uncontrolled(format!(
                    "OS thread {name}, which is not under control, waits at {place} at a Barrier of the test"
                ));
            });
            return BarrierWaitResult(self.inner.wait().is_leader());
        };
        point_on(cx, &self.object, WHAT, OpKind::Arrive, Access::Write, place);
        match self.arrive(cx) {
            Some(gate) => {
                cx.wait(gate, Gate::Exclusive, Op::new(OpKind::Wait, gate, Access::Read, place), None);
                BarrierWaitResult(false)
            }
            None => BarrierWaitResult(true),
        }
    }

    /// Counts the current task in. Returns the gate to wait at, or None for the last to arrive.
    fn arrive(&self, cx: Context) -> Option<ObjectId> {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if arrivals.execution != cx.id() {
            *arrivals = Arrivals { execution: cx.id(), count: 0, gate: None };
        }
        arrivals.count += 1;
        if arrivals.count < self.size {
            let gate = arrivals.gate.get_or_insert_with(|| Arc::new(ObjectCell::at(self.created)));
            let is_new = cx.known_object(gate).is_none();
            let object = cx.object(gate, WHAT);
            if is_new {
                cx.set_gate(object, Gate::Exclusive, false);
            }
            return Some(object);
        }
        arrivals.count = 0;
        if let Some(gate) = arrivals.gate.take() {
            cx.set_gate(cx.object(&gate, WHAT), Gate::Exclusive, true);
        }
        None
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.is_leader()).finish()
    }
}
