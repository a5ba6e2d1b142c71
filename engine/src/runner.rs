//! Runs executions one after the other on this OS thread, keeping memory and carriers in between.

use std::future::Future;
use std::panic::Location;

use crate::execution::{self, Options, Outcome, Pool, Setup, SwitchHook};
use crate::panic_words::PanicWords;
use crate::remote::Slot;
use crate::strategy::Strategy;
use crate::waker::Epoch;

/// Runs executions. One per OS thread at a time.
pub struct Runner {
    pool: Box<Pool>,
    options: Options,
    slot: usize,
    words: Option<PanicWords>,
    executions: u64,
    switch_hook: Option<&'static dyn SwitchHook>,
    observe: bool,
    order_clocks: bool,
}

/// One decision of an execution, as made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The task of this number was picked.
    Task(u32),
    /// This value was drawn.
    Choice(u32),
}

impl Decision {
    pub(crate) fn decode(words: &[u32]) -> Vec<Decision> {
        let decode = |&word: &u32| {
            if word & execution::CHOICE != 0 {
                Decision::Choice(word & !execution::CHOICE)
            } else {
                Decision::Task(word)
            }
        };
        words.iter().map(decode).collect()
    }
}

impl Runner {
    /// Creates a runner.
    ///
    /// # Panics
    /// Panics if more than 1,024 explorations run at the same time in this process.
    pub fn new(options: Options) -> Runner {
        crate::panics::install_hook();
        let slot = Slot::take().expect("at most 1,024 explorations can run at the same time in one process");
        Runner {
            pool: Box::new(Pool::new(options.stack_size)),
            options,
            slot,
            words: PanicWords::find(),
            // Goes on where the slot's last runner left off, so that no two executions share an epoch.
            executions: Slot::get(slot).executions(),
            switch_hook: None,
            observe: false,
            order_clocks: false,
        }
    }

    /// Has `hook` told whenever a task is switched away inside a poll.
    pub fn set_switch_hook(&mut self, hook: &'static dyn SwitchHook) {
        self.switch_hook = Some(hook);
    }

    /// Has recorded executions observed, too: the recording then has what
    /// [`Recording::observed`](crate::Recording::observed) is for.
    pub fn set_observe(&mut self, observe: bool) {
        self.observe = observe;
    }

    /// Has executions tell only of circles of locks ([`Noted::cycles`](crate::Noted::cycles)) whose parts nothing but
    /// locks orders.
    pub fn set_order_clocks(&mut self, order_clocks: bool) {
        self.order_clocks = order_clocks;
    }

    /// Has executions keep clocks from the first on, for data races: there is no earlier one that could tell whether
    /// there are cells to be tracked.
    pub(crate) fn expect_cells(&self) {
        self.pool.tracked.set(true);
    }

    /// Returns whether std's panic count is kept per task. If not, tasks are not switched while they
    /// unwind.
    pub fn panic_count_is_per_task(&self) -> bool {
        self.words.is_some()
    }

    /// Returns the options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Sets the most scheduling points in a fair schedule, for the executions to come.
    pub fn set_max_fair_steps(&mut self, points: u64) {
        if self.options.liveness_threshold.is_none() {
            // Which is half the bound unless given: it stays what it was.
            self.options.liveness_threshold = Some((self.options.max_fair_steps / 2).max(1));
        }
        self.options.max_fair_steps = points;
    }

    /// Runs one execution of the future that `root` makes, and returns what came of it, and what the
    /// root returned if it did. With `record`, everything that happens is kept.
    pub fn run_async<F, Fut>(
        &mut self,
        strategy: &mut (dyn Strategy + 'static),
        seed: u64,
        record: bool,
        location: &'static Location<'static>,
        root: F,
    ) -> (Outcome, Option<Fut::Output>)
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        let mut output = None;
        let outcome = self.run_async_into(&mut output, strategy, seed, record, location, root);
        (outcome, output)
    }

    /// Like [`Runner::run_async`]; what the root returned is put into `output`.
    pub fn run_async_into<F, Fut>(
        &mut self,
        output: &mut Option<Fut::Output>,
        strategy: &mut (dyn Strategy + 'static),
        seed: u64,
        record: bool,
        location: &'static Location<'static>,
        root: F,
    ) -> Outcome
    where
        F: FnOnce() -> Fut,
        Fut: Future,
    {
        self.begin(strategy, seed);
        execution::run(self.setup(record), strategy, root, location, false, output)
    }

    /// Runs one execution of a closure that stands for the test's own thread.
    pub fn run_thread<F, T>(
        &mut self,
        strategy: &mut (dyn Strategy + 'static),
        seed: u64,
        record: bool,
        location: &'static Location<'static>,
        root: F,
    ) -> (Outcome, Option<T>)
    where
        F: FnOnce() -> T,
    {
        let mut output = None;
        let outcome = self.run_thread_into(&mut output, strategy, seed, record, location, root);
        (outcome, output)
    }

    /// Like [`Runner::run_thread`]; what the root returned is put into `output`.
    pub fn run_thread_into<F, T>(
        &mut self,
        output: &mut Option<T>,
        strategy: &mut (dyn Strategy + 'static),
        seed: u64,
        record: bool,
        location: &'static Location<'static>,
        root: F,
    ) -> Outcome
    where
        F: FnOnce() -> T,
    {
        self.begin(strategy, seed);
        execution::run(self.setup(record), strategy, || async { root() }, location, true, output)
    }

    pub(crate) fn begin(&mut self, strategy: &mut (dyn Strategy + 'static), seed: u64) {
        self.executions += 1;
        strategy.begin(seed);
    }

    pub(crate) fn setup(&self, record: bool) -> Setup<'_> {
        Setup {
            pool: &self.pool,
            options: &self.options,
            slot: Slot::get(self.slot),
            epoch: Epoch::new(self.slot, self.executions),
            words: self.words,
            record,
            observe: self.observe,
            switch_hook: self.switch_hook,
            order_clocks: self.order_clocks,
        }
    }

    /// Returns the decisions of the latest execution: those with more than one alternative.
    pub fn decisions(&self) -> Vec<Decision> {
        self.pool.decisions.with(|decisions| Decision::decode(decisions))
    }

    pub(crate) fn slot(&self) -> usize {
        self.slot
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        Slot::give_back(self.slot);
    }
}
