//! A thread waits some time for a result, with std's `Condvar`.
//! The mistake: to unwrap the result after `wait_timeout`, which may be over without one.

use crate::suite::{Mode, threads};

#[coyote::instrument]
mod program {
    use std::sync::{Arc, Condvar, Mutex};
    use std::thread;
    use std::time::Duration;

    #[derive(Default)]
    pub(super) struct Cell {
        result: Mutex<Option<u32>>,
        there: Condvar,
    }

    const LIMIT: Duration = Duration::from_millis(50);

    pub(super) fn wait_or_give_up(cell: &Cell) -> u32 {
        let result = cell.result.lock().unwrap();
        let (result, waited) =
            cell.there.wait_timeout_while(result, LIMIT, |result| result.is_none()).unwrap();
        assert_eq!(waited.timed_out(), result.is_none());
        result.unwrap_or(0)
    }

    pub(super) fn wait_for_sure(cell: &Cell) -> u32 {
        let mut result = cell.result.lock().unwrap();
        if result.is_none() {
            result = cell.there.wait_timeout(result, LIMIT).unwrap().0;
        }
        result.expect("the result is always in time")
    }

    pub(super) fn compute(wait: fn(&Cell) -> u32) {
        let cell = Arc::new(Cell::default());
        let computer = thread::spawn({
            let cell = Arc::clone(&cell);
            move || {
                *cell.result.lock().unwrap() = Some(9);
                cell.there.notify_one();
            }
        });
        let result = wait(&cell);
        assert!(result == 9 || result == 0);
        computer.join().unwrap();
    }
}

use program::{compute, wait_for_sure, wait_or_give_up};

#[test]
fn giving_up_is_an_answer() {
    threads(|| compute(wait_or_give_up)).passes();
}

#[test]
fn the_time_may_be_over_without_a_result() {
    threads(|| compute(wait_for_sure)).under(Mode::Racing).panics("the result is always in time");
}
