//! The same programs, explored by Shuttle.

use std::panic;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use coyote_corpus::Family;
use coyote_corpus_peer::{Body, Expected, Program, sctbench};
use peer::scheduler::{PctScheduler, RandomScheduler, Schedule, Scheduler, Task, TaskId, UrwRandomScheduler};
use peer::{FailurePersistence, Runner};

use super::{Row, Table};
use crate::args::Args;

const STRATEGIES: [&str; 3] = ["shuttle random", "shuttle pct(3)", "shuttle urw"];

/// Counts the executions that the scheduler begins.
struct Counting<S>(S, Arc<AtomicU64>);

impl<S: Scheduler> Scheduler for Counting<S> {
    fn new_execution(&mut self) -> Option<Schedule> {
        let schedule = self.0.new_execution();
        self.1.fetch_add(u64::from(schedule.is_some()), Ordering::Relaxed);
        schedule
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yielding: bool) -> Option<TaskId> {
        self.0.next_task(runnable, current, yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// Prints a line per program and strategy, and totals per strategy.
pub(super) fn run(args: &Args) {
    // Shuttle reports a bug by a panic, with a page of text each time.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|panic| {
        let mut messages = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
        messages.push(panic.to_string());
    }));
    for strategy in STRATEGIES {
        let mut table = Table::default();
        for program in sctbench::ALL.iter().filter(|program| args.wants(program.name)) {
            let cap = args.cap.min(program.cap());
            let row = Row::of(args.trials, cap, |seed| trial(program, strategy, seed, cap));
            row.print(program.name, strategy, "");
            table.rows.push((family(program), row));
        }
        table.print_totals(strategy);
    }
    panic::set_hook(hook);
}

/// The program's type is another one here, compiled a second time.
fn family(program: &Program) -> Family {
    let ours = coyote_corpus::programs().find(|ours| ours.name == program.name);
    ours.expect("the source is the same").family
}

/// The panics of the trial so far.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn trial(program: &Program, strategy: &str, seed: u64, cap: u64) -> Option<u64> {
    let Body::Threads(body) = program.body else { return None };
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let iterations = cap as usize;
    PANICS.lock().unwrap_or_else(PoisonError::into_inner).clear();
    let explore = move || match strategy {
        "shuttle random" => explore(Counting(RandomScheduler::new_from_seed(seed, iterations), count), body),
        "shuttle pct(3)" => explore(Counting(PctScheduler::new_from_seed(seed, 3, iterations), count), body),
        _ => explore(Counting(UrwRandomScheduler::new_from_seed(seed, iterations), count), body),
    };
    // A failed run leaves its state behind in thread-locals.
    let explored = thread::scope(|scope| scope.spawn(explore).join());
    if explored.is_ok() {
        return None;
    }
    let text = match program.expected {
        Expected::Panic(text) => text,
        _ => "deadlock",
    };
    let panics = PANICS.lock().unwrap_or_else(PoisonError::into_inner);
    let shown = panics.iter().any(|panic| panic.contains(text));
    assert!(shown, "not the bug of {} ({strategy}): {panics:#?}", program.name);
    Some(executions.load(Ordering::Relaxed))
}

fn explore(scheduler: impl Scheduler + 'static, body: fn()) {
    let mut config = peer::Config::new();
    config.failure_persistence = FailurePersistence::None;
    // A schedule that spins is no bug.
    config.max_steps = peer::MaxSteps::ContinueAfter(100_000);
    Runner::new(scheduler, config).run(body);
}
