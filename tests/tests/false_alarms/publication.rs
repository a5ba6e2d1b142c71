//! Data is published by an atomic flag, for which a thread polls.
//! The mistake: the flag is raised before the data is there.

use std::sync::Arc;

use coyote::std::hint::spin_loop;
use coyote::std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use coyote::std::thread;

use crate::suite::threads;

#[derive(Default)]
struct Page {
    data: AtomicU32,
    published: AtomicBool,
}

fn data_first(page: &Page) {
    page.data.store(5, Ordering::Relaxed);
    page.published.store(true, Ordering::Release);
}

fn flag_first(page: &Page) {
    page.published.store(true, Ordering::Release);
    page.data.store(5, Ordering::Relaxed);
}

fn publish(write: fn(&Page)) {
    let page = Arc::new(Page::default());
    let writer = thread::spawn({
        let page = Arc::clone(&page);
        move || write(&page)
    });
    while !page.published.load(Ordering::Acquire) {
        spin_loop();
        thread::yield_now();
    }
    assert_eq!(page.data.load(Ordering::Relaxed), 5, "published too early");
    writer.join().expect("nobody panics");
}

#[test]
fn data_before_the_flag_is_seen() {
    threads(|| publish(data_first)).passes();
}

#[test]
fn the_flag_before_the_data_is_seen_too_early() {
    threads(|| publish(flag_first)).panics("published too early");
}
