//! A small harness: bodies are run under several strategies and many seeds.
#![allow(missing_docs, dead_code, unreachable_pub)]

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

use coyote_engine::strategy::StrategySpec;
use coyote_engine::{Access, End, LaneId, Op, OpKind, Options, Outcome, Runner, Spawn, TaskHandle, current};

const STRATEGIES: [&str; 4] = ["random", "pct(3)", "fair-pct(3)", "round-robin"];

/// Awaits a task; a panic of it is passed on.
pub struct Join<T>(TaskHandle<T>);

impl<T> Future for Join<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let execution = current().expect("under control");
        let polled = self.0.poll_join(cx.waker());
        if polled.is_pending() {
            let object = execution.task_object(self.0.id());
            let op = Op::new(OpKind::Join, object, Access::Read, Location::caller());
            execution.note_wait(op, cx.waker());
        }
        polled.map(|result| result.expect("the task returned"))
    }
}

impl<T> Join<T> {
    pub fn abort(&self) {
        self.0.abort();
    }
}

fn how(is_thread: bool, location: &'static Location<'static>) -> Spawn {
    Spawn { is_thread, name: None, lane: LaneId::UNLIMITED, location }
}

#[track_caller]
pub fn spawn<F: Future>(future: F) -> Join<F::Output> {
    let execution = current().expect("under control");
    let location = Location::caller();
    let handle = execution.create(future, how(false, location));
    execution.point(Op::local(OpKind::Spawn, location));
    Join(handle)
}

#[track_caller]
pub fn thread<T>(body: impl FnOnce() -> T) -> Join<T> {
    let execution = current().expect("under control");
    let location = Location::caller();
    let handle = execution.create_thread(body, how(true, location));
    execution.point(Op::local(OpKind::Spawn, location));
    Join(handle)
}

/// A scheduling point of its own.
#[track_caller]
pub fn step() {
    if let Some(execution) = current() {
        execution.point(Op::local(OpKind::Point, Location::caller()));
    }
}

pub async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(move |cx| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Polls a future once.
pub async fn poll_once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await
}

/// What came of all runs.
pub struct Seen<T> {
    pub outcomes: Vec<(Outcome, Option<T>)>,
}

/// Runs `body` under every strategy with `seeds` seeds each.
pub fn run<T, Fut: Future<Output = T>>(seeds: u64, body: impl Fn() -> Fut) -> Seen<T> {
    let mut outcomes = Vec::new();
    for spec in STRATEGIES {
        let mut runner = Runner::new(Options::default());
        let mut strategy = StrategySpec::parse(spec).expect("a strategy").build(10_000);
        for seed in 0..seeds {
            let outcome = runner.run_async(&mut *strategy, seed, false, Location::caller(), &body);
            outcomes.push(outcome);
        }
    }
    Seen { outcomes }
}

/// Runs a correct body, and returns what its runs returned, each value once.
pub fn always<T: Ord, Fut: Future<Output = T>>(body: impl Fn() -> Fut) -> BTreeSet<T> {
    let seen = run(150, body);
    for (index, (outcome, _)) in seen.outcomes.iter().enumerate() {
        assert!(matches!(outcome.end, End::Completed), "run {index}: {:?}", outcome.end);
        assert_eq!(outcome.abandoned, 0);
    }
    seen.outcomes.into_iter().map(|(_, output)| output.expect("it returned")).collect()
}

/// Runs a wrong body, and returns the ends of those runs that failed.
pub fn failures<T, Fut: Future<Output = T>>(body: impl Fn() -> Fut) -> Vec<End> {
    let seen = run(150, body);
    let failed: Vec<End> = seen
        .outcomes
        .into_iter()
        .filter(|(outcome, _)| !matches!(outcome.end, End::Completed))
        .inspect(|(outcome, _)| assert_eq!(outcome.abandoned, 0))
        .map(|(outcome, _)| outcome.end)
        .collect();
    assert!(!failed.is_empty(), "the bug was not found");
    failed
}

/// The deadlocks among them, which must be all.
pub fn deadlocks(ends: &[End]) -> Vec<&coyote_engine::Deadlock> {
    ends.iter()
        .map(|end| match end {
            End::Deadlock(deadlock) => deadlock,
            end => panic!("not a deadlock: {end:?}"),
        })
        .collect()
}

/// The messages of panics among them, which must be all.
pub fn panics(ends: &[End]) -> Vec<&str> {
    ends.iter()
        .map(|end| match end {
            End::Failed(failure) => failure.panic.message.as_str(),
            end => panic!("not a panic: {end:?}"),
        })
        .collect()
}
