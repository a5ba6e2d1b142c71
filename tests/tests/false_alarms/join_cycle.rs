//! Two named threads hand their results to `main`.
//! The mistake: each joins the other.

use std::io;
use std::sync::Arc;

use coyote::std::sync::{Mutex, mpsc};
use coyote::std::thread::{Builder, JoinHandle, current};

use crate::suite::threads;

type Slot = Arc<Mutex<Option<JoinHandle<()>>>>;

fn start(
    name: &'static str,
    other: Slot,
    go: mpsc::Receiver<()>,
    join_other: bool,
) -> io::Result<JoinHandle<()>> {
    Builder::new().name(name.to_owned()).spawn(move || {
        assert_eq!(current().name(), Some(name));
        go.recv().expect("main starts it");
        let other = if join_other { other.lock().expect("nobody panics").take() } else { None };
        if let Some(other) = other {
            other.join().expect("nobody panics");
        }
    })
}

fn start_both(second_joins_first: bool) {
    let (first, second) = (Slot::default(), Slot::default());
    let (go_first, first_goes) = mpsc::channel();
    let (go_second, second_goes) = mpsc::channel();
    let one = start("one", Arc::clone(&second), first_goes, true).expect("a thread");
    let two = start("two", Arc::clone(&first), second_goes, second_joins_first).expect("a thread");
    *first.lock().expect("nobody panics") = Some(one);
    *second.lock().expect("nobody panics") = Some(two);
    go_first.send(()).expect("it waits");
    go_second.send(()).expect("it waits");
    for slot in [first, second] {
        let handle = slot.lock().expect("nobody panics").take();
        if let Some(handle) = handle {
            handle.join().expect("nobody panics");
        }
    }
}

#[test]
fn joining_one_way_ends() {
    threads(|| start_both(false)).passes();
}

#[test]
fn joining_each_other_deadlocks() {
    threads(|| start_both(true)).deadlocks();
}
