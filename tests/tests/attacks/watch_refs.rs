//! Guards of tokio's own locks, held where other tasks run.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use coyote::{Config, Explorer, Report};
use tokio::sync::{broadcast, watch};

fn is_clean(report: &Report) {
    assert!(report.bug().is_none(), "{report}");
    assert!(report.is_repeatable(), "{report}");
    assert!(report.statistics().classes > 10, "{report}");
}

#[test]
fn a_borrow_of_a_watch_held_across_points_hangs_nobody() {
    let report = Explorer::new(Config::new("watch")).run(|| async {
        let (send, receive) = watch::channel(0);
        let shared = Arc::new(AtomicU32::new(0));
        let readers: Vec<_> = (0..2)
            .map(|_| {
                let (mut receive, shared) = (receive.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    for _ in 0..2 {
                        let value = receive.borrow_and_update();
                        let before = *value;
                        shared.fetch_add(1, SeqCst);
                        assert_eq!(*value, before, "the value changed under the borrow");
                    }
                })
            })
            .collect();
        for value in 1..3 {
            send.send(value).expect("somebody listens");
        }
        for reader in readers {
            reader.await.expect("no panic");
        }
    });
    is_clean(&report);
}

#[test]
fn a_watch_modified_across_points_hangs_nobody_and_is_seen_whole() {
    let report = Explorer::new(Config::new("watch")).run(|| async {
        let (send, receive) = watch::channel((0, 0));
        let shared = Arc::new(AtomicU32::new(0));
        let theirs = Arc::clone(&shared);
        let reader = tokio::spawn(async move {
            for _ in 0..3 {
                let (left, right) = *receive.borrow();
                assert_eq!(left, right, "half a change was seen");
                theirs.fetch_add(1, SeqCst);
            }
        });
        for _ in 0..2 {
            send.send_modify(|pair| {
                pair.0 += 1;
                shared.fetch_add(1, SeqCst);
                pair.1 += 1;
            });
        }
        reader.await.expect("no panic");
    });
    is_clean(&report);
}

/// Takes a scheduling point to clone, which a broadcast channel does under its lock.
struct SlowToClone(Arc<AtomicU32>);

impl Clone for SlowToClone {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, SeqCst);
        SlowToClone(Arc::clone(&self.0))
    }
}

#[test]
fn a_broadcast_value_that_is_cloned_across_points_hangs_nobody() {
    let report = Explorer::new(Config::new("broadcast")).run(|| async {
        let clones = Arc::new(AtomicU32::new(0));
        let (send, _) = broadcast::channel(4);
        let receivers: Vec<_> = (0..2)
            .map(|_| {
                let mut receive = send.subscribe();
                tokio::spawn(async move {
                    let mut count = 0;
                    while receive.recv().await.is_ok() {
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        for _ in 0..2 {
            let value = SlowToClone(Arc::clone(&clones));
            assert!(send.send(value).is_ok(), "somebody listens");
        }
        drop(send);
        for receiver in receivers {
            assert_eq!(receiver.await.expect("no panic"), 2);
        }
    });
    is_clean(&report);
}
