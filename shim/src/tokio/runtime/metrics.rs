//! `tokio::runtime::RuntimeMetrics`.

use ::std::fmt;
use ::std::panic::Location;
use ::std::time::Duration;

use coyote_engine::{Access, Op, OpKind};

use super::Handle;
use super::core::Home;
use super::handle::Inner;

/// The number of workers of a runtime without a limit.
fn unlimited() -> usize {
    ::std::thread::available_parallelism().map_or(1, ::std::num::NonZero::get)
}

/// A view of what a runtime is doing.
///
/// Under control workers do not park: those counters are 0, and so is the time that they are busy, for
/// virtual time does not pass while something runs. The queue that all workers share holds the tasks that
/// were spawned from outside of them, and have not run yet; in a runtime without a limit of workers, none.
#[derive(Clone)]
pub struct RuntimeMetrics {
    handle: Handle,
}

impl RuntimeMetrics {
    pub(super) fn new(handle: Handle) -> Self {
        RuntimeMetrics { handle }
    }

    /// Returns the number of worker threads. A runtime without `worker_threads` has as many as the
    /// machine has cores, also under control, where it in fact runs any number of tasks at a time.
    pub fn num_workers(&self) -> usize {
        match &self.handle.inner {
            Inner::Real(real) => real.metrics().num_workers(),
            Inner::Model(Home::Core(core)) if core.is_current_thread() => 1,
            Inner::Model(Home::Core(core)) => core.setup.workers.unwrap_or_else(unlimited),
            Inner::Model(Home::Implicit(_)) => unlimited(),
        }
    }

    /// Returns the number of tasks that have not ended. In an async test's own runtime, threads count too.
    #[track_caller]
    pub fn num_alive_tasks(&self) -> usize {
        if let (Inner::Model(home), Some(cx)) = (&self.handle.inner, coyote_engine::current()) {
            let place = Location::caller();
            cx.point(match home {
                Home::Core(core) => Op::new(OpKind::Inspect, core.object(cx), Access::Read, place),
                Home::Implicit(_) => Op::local(OpKind::Inspect, place),
            });
        }
        match &self.handle.inner {
            Inner::Real(real) => real.metrics().num_alive_tasks(),
            Inner::Model(Home::Core(core)) => core.alive(),
            Inner::Model(Home::Implicit(_)) => {
                coyote_engine::current().map_or(0, |cx| cx.unfinished_tasks().saturating_sub(1) as usize)
            }
        }
    }

    /// Returns the number of tasks in the queue that all workers share.
    pub fn global_queue_depth(&self) -> usize {
        match &self.handle.inner {
            Inner::Real(real) => real.metrics().global_queue_depth(),
            Inner::Model(Home::Core(core)) => core.injected(),
            Inner::Model(Home::Implicit(_)) => 0,
        }
    }

    /// Returns how long a worker has been busy.
    ///
    /// # Panics
    /// Panics if there is no such worker.
    #[track_caller]
    pub fn worker_total_busy_duration(&self, worker: usize) -> Duration {
        match &self.handle.inner {
            Inner::Real(real) => real.metrics().worker_total_busy_duration(worker),
            Inner::Model(_) => {
                self.check(worker);
                Duration::ZERO
            }
        }
    }

    /// Returns how often a worker has parked.
    ///
    /// # Panics
    /// Panics if there is no such worker.
    #[track_caller]
    pub fn worker_park_count(&self, worker: usize) -> u64 {
        match &self.handle.inner {
            Inner::Real(real) => real.metrics().worker_park_count(worker),
            Inner::Model(_) => self.none(worker),
        }
    }

    /// Returns how often a worker has parked and unparked.
    ///
    /// # Panics
    /// Panics if there is no such worker.
    #[track_caller]
    pub fn worker_park_unpark_count(&self, worker: usize) -> u64 {
        match &self.handle.inner {
            Inner::Real(real) => real.metrics().worker_park_unpark_count(worker),
            Inner::Model(_) => self.none(worker),
        }
    }

    #[track_caller]
    fn none(&self, worker: usize) -> u64 {
        self.check(worker);
        0
    }

    #[track_caller]
    fn check(&self, worker: usize) {
        let len = self.num_workers();
        assert!(worker < len, "index out of bounds: the len is {len} but the index is {worker}");
    }
}

impl fmt::Debug for RuntimeMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeMetrics").field("handle", &self.handle).finish()
    }
}
