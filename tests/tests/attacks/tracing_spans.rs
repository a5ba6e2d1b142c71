//! The current tracing span is the task's own.

use std::sync::{Arc, Once};

use coyote::std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use coyote::{Config, Explorer};
use tracing::{Instrument, Span, info_span};

/// Explorations have threads of their own, so the subscriber is that of the process.
fn install_subscriber() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry()).expect("no other subscriber");
    });
}

#[test]
fn the_current_span_is_the_tasks_own_after_switches_inside_a_poll() {
    install_subscriber();
    let report = Explorer::new(Config::new("spans")).run(|| async {
        let shared = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = (0..3)
            .map(|number| {
                let shared = Arc::clone(&shared);
                let outer = info_span!("outer", number);
                let own = outer.id().expect("the registry is interested");
                let work = async move {
                    for _ in 0..2 {
                        shared.fetch_add(1, SeqCst);
                        assert_eq!(Span::current().id(), Some(own.clone()));
                        let inner = info_span!("inner");
                        inner.in_scope(|| {
                            shared.fetch_add(1, SeqCst);
                            assert_eq!(Span::current().id(), inner.id());
                        });
                        assert_eq!(Span::current().id(), Some(own.clone()));
                        tokio::task::yield_now().await;
                    }
                };
                tokio::spawn(work.instrument(outer))
            })
            .collect();
        shared.fetch_add(1, SeqCst);
        assert!(Span::current().is_none());
        for task in tasks {
            task.await.expect("no panic");
        }
        assert!(Span::current().is_none());
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.is_repeatable(), "{report}");
    assert!(report.statistics().classes > 10, "{report}");
}

#[test]
fn a_span_entered_by_a_task_that_is_cancelled_is_left() {
    install_subscriber();
    let report = Explorer::new(Config::new("spans")).run(|| async {
        // A span left over from the execution before would be seen here.
        assert!(Span::current().is_none());
        let shared = Arc::new(AtomicU32::new(0));
        let theirs = Arc::clone(&shared);
        tokio::spawn(async move {
            let _entered = info_span!("for ever").entered();
            loop {
                theirs.fetch_add(1, SeqCst);
            }
        });
        for _ in 0..3 {
            shared.fetch_add(1, SeqCst);
            assert!(Span::current().is_none());
        }
    });
    assert!(report.bug().is_none(), "{report}");
    assert_eq!(report.statistics().abandoned, 0, "{report}");
}
