//! Two tasks of one thread share a `RefCell`, and one keeps it borrowed across an `.await`.
//!
//! The other's borrow panics. A single-threaded runtime; no preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "refcell_across_await",
    family: Family::Async,
    depth: 0,
    expected: Expected::Panic("already borrowed"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::cell::RefCell;
    use std::rc::Rc;

    use tokio::runtime::Builder;
    use tokio::task::{LocalSet, yield_now};

    type Session = Rc<RefCell<Vec<u32>>>;

    async fn fetch(number: u32) -> u32 {
        yield_now().await;
        number
    }

    #[expect(clippy::await_holding_refcell_ref, reason = "the bug")]
    async fn load(session: Session, number: u32) {
        let mut values = session.borrow_mut();
        values.push(fetch(number).await);
    }

    async fn load_first(session: Session, number: u32) {
        let value = fetch(number).await;
        session.borrow_mut().push(value);
    }

    pub(super) fn buggy() {
        run(load);
    }

    pub(super) fn correct() {
        run(load_first);
    }

    fn run<F: Future<Output = ()> + 'static>(load: fn(Session, u32) -> F) {
        let runtime = Builder::new_current_thread().build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            let session = Session::default();
            let loads = [1, 2].map(|number| tokio::task::spawn_local(load(Rc::clone(&session), number)));
            for load in loads {
                load.await.unwrap();
            }
            assert_eq!(session.borrow().iter().sum::<u32>(), 3);
        });
    }
}
