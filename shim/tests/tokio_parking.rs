//! `on_thread_park` and `on_thread_unpark` under control.
#![allow(missing_docs)]

mod tokio_harness;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use coyote_shim::tokio;
use tokio::runtime::Builder;
use tokio::sync::Notify;
use tokio::time::{Duration, sleep};
use tokio_harness::passes_thread;

#[test]
fn a_thread_parks_when_it_has_nothing_to_run_and_unparks_when_it_has() {
    passes_thread(|| {
        let log = Arc::new(std::sync::Mutex::new(String::new()));
        let note = |letter| {
            let log = log.clone();
            move || log.lock().expect("no panic").push(letter)
        };
        let (parks, unparks, runs) = (note('p'), note('u'), note('r'));
        let runtime = Builder::new_current_thread()
            .enable_time()
            .on_thread_park(parks)
            .on_thread_unpark(unparks)
            .build();
        runtime.expect("a runtime").block_on(async move {
            // Is ready by itself: nothing parks.
            tokio::task::yield_now().await;
            runs();
            tokio::spawn(sleep(Duration::from_millis(1))).await.expect("no panic");
            runs();
        });
        assert_eq!(*log.lock().expect("no panic"), "rpur");
    });
}

#[test]
fn what_the_hook_wakes_or_spawns_runs_instead_of_parking() {
    passes_thread(|| {
        let (notify, spawned) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let hook = {
            let (notify, spawned) = (notify.clone(), spawned.clone());
            move || {
                if !spawned.swap(true, Ordering::SeqCst) {
                    let notify = notify.clone();
                    tokio::spawn(async move { notify.notify_one() });
                }
                assert!(tokio::task::try_id().is_none(), "a hook is no task");
            }
        };
        let runtime = Builder::new_current_thread().on_thread_park(hook).build().expect("a runtime");
        runtime.block_on(notify.notified());
        assert!(spawned.load(Ordering::SeqCst));
    });
}

#[test]
fn each_worker_of_several_parks_once() {
    passes_thread(|| {
        let (parked, unparked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let count = |counter: &Arc<AtomicUsize>| {
            let counter = counter.clone();
            move || {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        };
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .on_thread_park(count(&parked))
            .on_thread_unpark(count(&unparked))
            .build()
            .expect("a runtime");
        runtime.block_on(async { tokio::spawn(async {}).await.expect("no panic") });
        drop(runtime);
        assert_eq!((parked.load(Ordering::SeqCst), unparked.load(Ordering::SeqCst)), (2, 2));
    });
}
