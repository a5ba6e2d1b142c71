//! Local tasks of one thread share a `RefCell`, also across an `.await` that is ready at once.
//! The mistake: it stays borrowed across an `.await` that really waits.

use std::cell::RefCell;
use std::future::{Future, ready};
use std::rc::Rc;

use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::{LocalSet, spawn_local, yield_now};

use crate::suite::threads;

#[expect(clippy::await_holding_refcell_ref, reason = "what is awaited is ready, so the task is not left")]
async fn borrow_across_ready(numbers: Rc<RefCell<Vec<u32>>>) {
    let free = Semaphore::new(1);
    let mut borrowed = numbers.borrow_mut();
    borrowed.push(ready(1).await);
    drop(free.acquire().await);
    borrowed.push(2);
    drop(borrowed);
    yield_now().await;
}

#[expect(clippy::await_holding_refcell_ref, reason = "this is the mistake")]
async fn borrow_across_yield(numbers: Rc<RefCell<Vec<u32>>>) {
    let mut borrowed = numbers.borrow_mut();
    borrowed.push(ready(1).await);
    yield_now().await;
    borrowed.push(2);
}

fn fill<F: Future<Output = ()> + 'static>(push: fn(Rc<RefCell<Vec<u32>>>) -> F) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let other = coyote::std::thread::spawn(|| 0);
    LocalSet::new().block_on(&runtime, async {
        let numbers = Rc::new(RefCell::new(Vec::new()));
        let pushing = [0, 1].map(|_| spawn_local(push(Rc::clone(&numbers))));
        for task in pushing {
            task.await.expect("a task panicked");
        }
        assert_eq!(*numbers.borrow(), [1, 2, 1, 2]);
    });
    assert_eq!(other.join().expect("nobody panics"), 0);
}

#[test]
fn a_borrow_across_a_ready_await_is_unseen() {
    threads(|| fill(borrow_across_ready)).passes();
}

#[test]
fn a_borrow_across_a_waiting_await_is_seen() {
    threads(|| fill(borrow_across_yield)).panics("already");
}
