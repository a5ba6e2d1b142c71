//! Programs of a handful of tasks that cannot block, whose schedules can be counted by hand.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::Rc;

use coyote_engine::strategy::Strategy;
use coyote_engine::*;

/// A shared variable with a point before each access.
pub(crate) struct Var {
    object: ObjectCell,
    value: Cell<i64>,
}

impl Var {
    #[track_caller]
    pub(crate) fn new(value: i64) -> Rc<Self> {
        Rc::new(Var { object: ObjectCell::new(), value: Cell::new(value) })
    }

    #[track_caller]
    fn point(&self, kind: OpKind, access: Access) {
        let ex = current().expect("under control");
        let id = ex.object(&self.object, "Var");
        ex.point(Op::new(kind, id, access, Location::caller()));
    }

    #[track_caller]
    pub(crate) fn load(&self) -> i64 {
        self.point(OpKind::Load, Access::Read);
        self.value.get()
    }

    #[track_caller]
    pub(crate) fn store(&self, value: i64) {
        self.point(OpKind::Store, Access::Write);
        self.value.set(value);
    }
}

/// Which task did something, in order.
pub(crate) type Log = Rc<RefCell<Vec<u8>>>;

/// What a task does: it is given its number.
pub(crate) type Body = Rc<dyn Fn(u8)>;

/// Runs tasks that are all there from the start, and returns when all have ended. Neither creating nor
/// awaiting them is a choice; beginning each one is.
pub(crate) fn run_all(bodies: &[Body]) {
    let ex = current().expect("under control");
    let here = Location::caller();
    let left = Rc::new(Cell::new(bodies.len()));
    let end = Rc::new(ObjectCell::new());
    let id = ex.object(&end, "end");
    ex.set_gate(id, Gate::Exclusive, false);
    for (number, body) in bodies.iter().enumerate() {
        let (body, left) = (body.clone(), left.clone());
        let task = move || {
            body(number as u8);
            left.set(left.get() - 1);
            if left.get() == 0 {
                current().expect("under control").set_gate(id, Gate::Exclusive, true);
            }
        };
        let spawn = Spawn { is_thread: true, name: None, lane: LaneId::UNLIMITED, location: here };
        drop(ex.create_thread(task, spawn));
    }
    ex.wait(id, Gate::Exclusive, Op::new(OpKind::Wait, id, Access::None, here), None);
}

/// Runs one execution.
pub(crate) fn execute<T>(
    runner: &mut Runner,
    strategy: &mut (dyn Strategy + 'static),
    seed: u64,
    body: impl FnOnce() -> T,
) -> (Outcome, Option<T>) {
    runner.run_thread(strategy, seed, false, Location::caller(), body)
}

pub(crate) fn runner() -> Runner {
    Runner::new(Options::default())
}

/// Runs tasks with so many independent steps each, and returns the order: beginning counts as a step, and is
/// the first.
pub(crate) fn chains(
    runner: &mut Runner,
    strategy: &mut (dyn Strategy + 'static),
    seed: u64,
    steps: &[u8],
) -> Vec<u8> {
    let (outcome, log) = execute(runner, strategy, seed, || {
        let log = Log::default();
        let body = |count: u8| {
            let log = log.clone();
            let own = Var::new(0);
            Rc::new(move |me: u8| {
                log.borrow_mut().push(me);
                for _ in 1..count {
                    own.store(1);
                    log.borrow_mut().push(me);
                }
            }) as Body
        };
        run_all(&steps.iter().map(|&count| body(count)).collect::<Vec<_>>());
        log.borrow().clone()
    });
    assert!(matches!(outcome.end, End::Completed), "{:?}", outcome.end);
    log.expect("the execution completed")
}

/// Returns in how many orders tasks with so many steps each can run, counted by making them all.
pub(crate) fn orders(left: &[u8], limit: Option<u32>, last: Option<usize>) -> u64 {
    if left.iter().all(|&steps| steps == 0) {
        return 1;
    }
    let next = (0..left.len()).filter(|&task| left[task] > 0);
    next.map(|task| {
        let preempts = last.is_some_and(|last| last != task && left[last] > 0);
        let limit = match (limit, preempts) {
            (Some(0), true) => return 0,
            (Some(limit), true) => Some(limit - 1),
            (limit, _) => limit,
        };
        let mut after = left.to_vec();
        after[task] -= 1;
        orders(&after, limit, Some(task))
    })
    .sum()
}
