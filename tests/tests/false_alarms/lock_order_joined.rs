//! Two threads take two locks in opposite orders, the one when the other has ended.
//! The mistake: it does not wait for that.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use coyote::std::thread;

use crate::suite::threads;

type Locks = Arc<(Mutex<u32>, Mutex<u32>)>;

fn move_up(locks: &Locks) {
    let mut from = locks.0.lock().expect("nobody panics");
    let mut to = locks.1.lock().expect("nobody panics");
    (*from, *to) = (0, *to + *from);
}

fn move_down(locks: &Locks) {
    let mut from = locks.1.lock().expect("nobody panics");
    let mut to = locks.0.lock().expect("nobody panics");
    (*from, *to) = (0, *to + *from);
}

fn both_ways(waits: bool) {
    let locks: Locks = Arc::new((Mutex::new(1), Mutex::new(1)));
    let theirs = Arc::clone(&locks);
    let up = thread::spawn(move || move_up(&theirs));
    let up = if waits { up.join().map(|()| None) } else { Ok(Some(up)) }.expect("nobody panics");
    move_down(&locks);
    if let Some(up) = up {
        up.join().expect("nobody panics");
    }
    assert_eq!(*locks.0.lock().expect("nobody panics") + *locks.1.lock().expect("nobody panics"), 2);
}

#[test]
fn one_after_the_other_in_any_order() {
    threads(|| both_ways(true)).passes();
}

#[test]
fn at_once_in_opposite_orders_they_deadlock() {
    threads(|| both_ways(false)).deadlocks();
}
