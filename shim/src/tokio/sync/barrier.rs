//! The mirror of `tokio::sync::Barrier`.
//!
//! Built on a real `Notify` rather than on the real `Barrier`, whose `watch` inside wakes its waiters
//! in an order that it draws at random: combinators such as `FuturesUnordered` let that be seen.

use ::std::fmt;
use ::std::future::Future;
use ::std::marker::PhantomData;
use ::std::panic::Location;
use ::std::sync::{Mutex, PoisonError};

use ::tokio::sync::Notify;
use coyote_engine::{Access, ObjectCell, OpKind, current};

use super::steer::{Act, Steered};

static ARRIVE: Act = Act::new("Barrier", OpKind::Arrive, Access::Acquire);

/// Lets a number of tasks wait until all of them have come.
pub struct Barrier {
    cell: ObjectCell,
    n: usize,
    /// Never locked across a scheduling point.
    state: Mutex<State>,
    passed: Notify,
    auto_traits: PhantomData<::tokio::sync::Barrier>,
}

struct State {
    arrived: usize,
    generation: usize,
}

/// Tells one of the tasks that passed a [`Barrier`] from the others.
#[derive(Debug, Clone)]
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// Returns true for the task that came last.
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// Creates a barrier for `n` tasks; 0 counts as 1.
    #[track_caller]
    pub fn new(n: usize) -> Barrier {
        Barrier {
            cell: ObjectCell::new(),
            n: n.max(1),
            state: Mutex::new(State { arrived: 0, generation: 1 }),
            passed: Notify::new(),
            auto_traits: PhantomData,
        }
    }

    /// Waits until `n` tasks have come. Once polled, it counts as having come, even if dropped.
    #[track_caller]
    pub fn wait(&self) -> impl Future<Output = BarrierWaitResult> + use<'_> {
        let place = Location::caller();
        async move {
            ARRIVE.point(&self.cell, place);
            let Some(generation) = self.arrive() else { return BarrierWaitResult(true) };
            if current().is_some() {
                // The point has been passed, so this one's first poll must not be another.
                let passed = self.pass(generation);
                Steered::begun(&self.cell, &ARRIVE, place, passed).await;
            } else {
                ::tokio::task::coop::cooperative(self.pass(generation)).await;
            }
            BarrierWaitResult(false)
        }
    }

    /// Counts one more, and returns the generation to wait for, or None to the last to come.
    fn arrive(&self) -> Option<usize> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.arrived += 1;
        if state.arrived < self.n {
            return Some(state.generation);
        }
        state.arrived = 0;
        state.generation += 1;
        drop(state);
        self.passed.notify_waiters();
        None
    }

    async fn pass(&self, generation: usize) {
        loop {
            let passed = self.passed.notified();
            if self.state.lock().unwrap_or_else(PoisonError::into_inner).generation != generation {
                return;
            }
            passed.await;
        }
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").field("n", &self.n).finish_non_exhaustive()
    }
}
