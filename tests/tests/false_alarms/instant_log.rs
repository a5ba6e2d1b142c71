//! Threads sleep, then write the time into a log that is to be in order.
//! The mistake: the time is looked up before the log is locked.

use crate::suite::{Mode, threads};

#[coyote::instrument]
mod program {
    use std::sync::{Arc, Mutex};
    use std::thread;
    use std::time::{Duration, Instant};

    type Log = Mutex<Vec<Instant>>;

    pub(super) fn write(log: &Log) {
        let mut log = log.lock().unwrap();
        log.push(Instant::now());
    }

    pub(super) fn look_then_write(log: &Log) {
        let now = Instant::now();
        log.lock().unwrap().push(now);
    }

    pub(super) fn keep_log(write: fn(&Log)) {
        let start = Instant::now();
        let log = Arc::new(Log::default());
        let writers = [1, 1, 2].map(|milliseconds| {
            let log = Arc::clone(&log);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(milliseconds));
                write(&log);
            })
        });
        for writer in writers {
            writer.join().unwrap();
        }
        let log = log.lock().unwrap();
        assert!(log.is_sorted(), "out of order");
        assert!(log.iter().all(|time| time.duration_since(start) >= Duration::from_millis(1)));
    }
}

use program::{keep_log, look_then_write, write};

#[test]
fn times_taken_under_the_lock_are_in_order() {
    threads(|| keep_log(write)).passes();
}

#[test]
fn times_taken_before_the_lock_may_be_out_of_order() {
    threads(|| keep_log(look_then_write)).under(Mode::Racing).panics("out of order");
}
