//! Two threads agree on a leader by std's `OnceLock`.
//! The mistake: to look whether there is one, then set it.

use std::sync::Arc;

use coyote::std::sync::OnceLock;
use coyote::std::thread;

use crate::suite::threads;

fn elect(leader: &OnceLock<u32>, me: u32) -> u32 {
    *leader.get_or_init(|| me)
}

fn look_and_elect(leader: &OnceLock<u32>, me: u32) -> u32 {
    if leader.get().is_none() {
        leader.set(me).expect("there was none");
    }
    *leader.get().expect("there is one now")
}

fn election(elect: fn(&OnceLock<u32>, u32) -> u32) {
    let leader = Arc::new(OnceLock::new());
    let other = thread::spawn({
        let leader = Arc::clone(&leader);
        move || elect(&leader, 1)
    });
    let seen = elect(&leader, 2);
    let other = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    assert_eq!(other, seen);
}

#[test]
fn all_see_the_same_leader() {
    threads(|| election(elect)).passes();
}

#[test]
fn looking_before_setting_elects_two() {
    threads(|| election(look_and_elect)).panics("there was none");
}
