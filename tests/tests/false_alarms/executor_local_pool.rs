//! A `LocalPool` runs futures that share a cell, as they are on one thread.
//! The mistake: to read the sum before the pool has come to its end.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::cell::Cell;
    use std::rc::Rc;

    use futures::executor::{LocalPool, block_on_stream, enter};
    use futures::task::LocalSpawnExt;
    use tokio::sync::oneshot;

    fn add(run: impl FnOnce(&mut LocalPool)) -> u32 {
        let mut pool = LocalPool::new();
        let sum = Rc::new(Cell::new(0));
        let mut senders = Vec::new();
        for number in 1..=3 {
            let (sender, receiver) = oneshot::channel::<u32>();
            senders.push((number, sender));
            let sum = Rc::clone(&sum);
            let add = async move {
                let number = receiver.await.unwrap();
                sum.set(sum.get() + number);
            };
            pool.spawner().spawn_local(add).unwrap();
        }
        let sender = std::thread::spawn(move || {
            senders.into_iter().for_each(|(number, sender)| sender.send(number).unwrap());
        });
        run(&mut pool);
        sender.join().unwrap();
        sum.get()
    }

    pub(super) fn run() {
        assert_eq!(add(LocalPool::run), 6);
        assert!(enter().is_ok(), "the executor is over");
        let numbers = futures::stream::iter([1, 2, 3]);
        assert!(block_on_stream(numbers).eq([1, 2, 3]));
    }

    pub(super) fn run_until_stalled() {
        assert_eq!(add(LocalPool::run_until_stalled), 6, "not all have come");
    }

    pub(super) fn one_inside_of_another() {
        LocalPool::new().run_until(async { futures::executor::block_on(async {}) });
    }
}

use program::{one_inside_of_another, run, run_until_stalled};

#[test]
fn a_local_pool_runs_to_its_end() {
    threads(run).passes();
}

#[test]
fn a_stalled_pool_may_have_more_to_come() {
    threads(run_until_stalled).panics("not all have come");
}

#[test]
fn a_thread_runs_one_executor() {
    threads(one_inside_of_another).panics("within another executor");
}
