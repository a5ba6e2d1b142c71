//! `tokio::runtime::RuntimeMetrics`.

use ::std::fmt;
use ::std::panic::Location;
use ::std::time::Duration;

use coyote_engine::{Access, Op, OpKind};

use super::Handle;
use super::core::Home;
use super::handle::Inner;

/// For how long a worker is said to be busy in a poll.
const POLL: Duration = Duration::from_micros(1);

/// The number of workers of a runtime without a limit.
fn unlimited() -> usize {
    ::std::thread::available_parallelism().map_or(1, ::std::num::NonZero::get)
}

/// A view of what a runtime is doing.
///
/// Under control it cannot be told which worker runs a task: the counters say that it is the first, which parks after
/// each poll, and that the others park once. Virtual time does not pass while something runs, so a worker is said to
/// be busy for a microsecond in each poll. The queue that all workers share holds the tasks that
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
            Inner::Model(home) => {
                self.check(worker);
                home.core().map_or(Duration::ZERO, |core| {
                    POLL * u32::try_from(core.polls(worker)).unwrap_or(u32::MAX)
                })
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
            Inner::Model(home) => {
                self.check(worker);
                home.core().map_or(0, |core| core.parks(worker).0)
            }
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
            Inner::Model(home) => {
                self.check(worker);
                home.core().map_or(0, |core| {
                    let (parks, is_parked) = core.parks(worker);
                    2 * parks - u64::from(is_parked)
                })
            }
        }
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
