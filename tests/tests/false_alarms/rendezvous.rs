//! Two threads exchange values over std channels without a buffer.
//! The mistake: both send first.

use coyote::std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use coyote::std::thread;
use coyote::std::time::Duration;

use crate::suite::threads;

fn send_first(to: &SyncSender<u32>, from: &Receiver<u32>, mine: u32) -> u32 {
    to.send(mine).expect("the other is there");
    from.recv().expect("the other is there")
}

fn receive_first(to: &SyncSender<u32>, from: &Receiver<u32>, mine: u32) -> u32 {
    let theirs = loop {
        match from.recv_timeout(Duration::from_millis(10)) {
            Ok(theirs) => break theirs,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the other is gone"),
        }
    };
    to.send(mine).expect("the other is there");
    theirs
}

fn exchange(second: fn(&SyncSender<u32>, &Receiver<u32>, u32) -> u32) {
    let (to_second, from_first) = sync_channel(0);
    let (to_first, from_second) = sync_channel(0);
    let other = thread::spawn(move || second(&to_first, &from_first, 2));
    assert_eq!(send_first(&to_second, &from_second, 1), 2);
    assert_eq!(other.join().expect("the other panicked"), 1);
}

#[test]
fn one_sends_while_the_other_receives() {
    threads(|| exchange(receive_first)).passes();
}

#[test]
fn both_sending_first_deadlocks() {
    threads(|| exchange(send_first)).deadlocks();
}
