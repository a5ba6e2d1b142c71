//! Counting.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::panic::Location;
use std::process::ExitCode;
use std::rc::Rc;

use coyote_engine::strategy::StrategySpec;
use coyote_engine::{End, Options, Outcome, Runner};

/// How many points each operation has reached.
#[derive(Default)]
pub(crate) struct Points {
    counts: BTreeMap<String, u64>,
    failures: Vec<String>,
}

/// What is counted in one execution.
#[derive(Clone, Default)]
pub(crate) struct Counts(Rc<RefCell<BTreeMap<String, u64>>>);

impl Counts {
    /// Notes the points since `before`.
    pub(crate) fn note(&self, path: &str, before: u64) {
        let path: String = path.split_whitespace().collect::<Vec<_>>().join("").replace(":for:", ": ");
        *self.0.borrow_mut().entry(path).or_insert(0) += steps() - before;
    }
}

/// Returns the number of points in this execution so far.
pub(crate) fn steps() -> u64 {
    coyote_engine::current().expect("this runs under control").steps()
}

impl Points {
    /// Runs an async body once; tasks keep running until they wait, so that points are those of the call.
    #[track_caller]
    pub(crate) fn count<Fut: Future>(&mut self, body: impl Fn(Counts) -> Fut) {
        let counts = Counts::default();
        let mut strategy = StrategySpec::parse("round-robin").expect("a strategy").build(1);
        let place = Location::caller();
        let (outcome, _) = Runner::new(Options::default())
            .run_async(&mut *strategy, 0, false, place, || body(counts.clone()));
        self.add(&counts, &outcome, place);
    }

    /// As [`Points::count`], for a body that stands for a thread.
    #[track_caller]
    pub(crate) fn count_in_thread(&mut self, body: impl Fn(Counts)) {
        let counts = Counts::default();
        let mut strategy = StrategySpec::parse("round-robin").expect("a strategy").build(1);
        let place = Location::caller();
        let (outcome, _) =
            Runner::new(Options::default())
                .run_thread(&mut *strategy, 0, false, place, || body(counts.clone()));
        self.add(&counts, &outcome, place);
    }

    fn add(&mut self, counts: &Counts, outcome: &Outcome, place: &Location<'_>) {
        if !matches!(outcome.end, End::Completed) {
            self.failures.push(format!("{place}: {:?}", outcome.end));
        }
        for (path, points) in counts.0.borrow().iter() {
            *self.counts.entry(path.clone()).or_insert(0) += points;
        }
    }

    /// Prints the numbers.
    pub(crate) fn print(&self) -> ExitCode {
        for (path, points) in &self.counts {
            println!("{path}\t{points}");
        }
        for failure in &self.failures {
            eprintln!("a call did not go as it should: {failure}");
        }
        if self.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Calls a function, and counts the points that this reaches under the function's own path:
/// `op!(counts, tokio::sync::Mutex::lock(&mutex) await)`, or under that of an implementation:
/// `op!(counts, [tokio::sync::MutexGuard: Drop] drop(guard))`.
macro_rules! op {
    ($counts:ident, $first:ident $(::$name:ident)+ ($($argument:expr),* $(,)?)) => {{
        let before = $crate::measure::steps();
        let result = $first $(::$name)+ ($($argument),*);
        $counts.note(stringify!($first $(::$name)+), before);
        result
    }};
    ($counts:ident, $first:ident $(::$name:ident)+ ($($argument:expr),* $(,)?) await) => {{
        let before = $crate::measure::steps();
        let result = $first $(::$name)+ ($($argument),*).await;
        $counts.note(stringify!($first $(::$name)+), before);
        result
    }};
    ($counts:ident, [$first:ident $(::$name:ident)+ : $($of:tt)+] $call:expr) => {{
        let before = $crate::measure::steps();
        let result = $call;
        $counts.note(concat!(stringify!($first $(::$name)+), ":for:", stringify!($($of)+)), before);
        result
    }};
}

pub(crate) use op;
