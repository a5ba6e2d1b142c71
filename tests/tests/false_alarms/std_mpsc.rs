//! Two workers share the receiver of a std channel, and send results on another.
//! The mistake: `main` keeps a sender of the results while it reads them to their end.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::{Arc, Mutex, mpsc};
    use std::thread;

    pub(super) fn square(keep_sender: bool) {
        let (jobs, queue) = mpsc::channel::<u32>();
        let (sender, results) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let workers = [0, 1].map(|_| {
            let (queue, sender) = (Arc::clone(&queue), sender.clone());
            thread::spawn(move || {
                loop {
                    let job = queue.lock().unwrap().recv();
                    let Ok(job) = job else { break };
                    sender.send(job * job).unwrap();
                }
            })
        });
        for job in 1..=3 {
            jobs.send(job).unwrap();
        }
        drop(jobs);
        let kept = keep_sender.then_some(sender);
        assert_eq!(results.iter().sum::<u32>(), 14);
        drop(kept);
        for worker in workers {
            worker.join().unwrap();
        }
    }
}

use program::square;

#[test]
fn results_end_with_the_last_worker() {
    threads(|| square(false)).passes();
}

#[test]
fn results_never_end_while_a_sender_is_kept() {
    threads(|| square(true)).deadlocks();
}
