//! Events and spans of `tracing` are in the recording of a failing execution, by task and virtual time.

use std::time::Duration;

use coyote::OpKind;
use coyote::tokio::time::sleep;

async fn program() {
    let task = coyote::tokio::spawn(async {
        let _span = tracing::info_span!("request", number = 7).entered();
        tracing::warn!(retries = 2, "slow");
    });
    task.await.unwrap();
    sleep(Duration::from_secs(3)).await;
    tracing::error!("gave up");
    panic!("on purpose");
}

#[test]
fn events_are_noted_with_task_and_time() {
    let report = super::explored("events", program);
    let recording = report.bug().expect("a bug").recording();
    let notes = recording.steps.iter().filter(|step| step.kind == OpKind::Note);
    let notes: Vec<(&str, &str, u64)> = notes
        .map(|step| {
            (step.task.as_str(), step.object.as_deref().unwrap_or_default(), step.time / 1_000_000_000)
        })
        .collect();
    assert_eq!(
        notes,
        [
            ("main/1", "INFO span request number=7", 0),
            ("main/1", "WARN slow retries=2", 0),
            ("main", "ERROR gave up", 3),
        ]
    );
    assert!(report.to_string().contains("WARN slow retries=2"), "{report}");
}

/// The test's own subscriber is told everything, in every execution.
#[test]
fn the_tests_own_subscriber_is_told_as_ever() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

    struct Count(Arc<AtomicU32>);
    impl<S: tracing::Subscriber> Layer<S> for Count {
        fn on_event(&self, _event: &tracing::Event<'_>, _context: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let count = Arc::new(AtomicU32::new(0));
    let theirs = Arc::clone(&count);
    let report = super::explored("own-subscriber", move || {
        let subscriber = tracing_subscriber::registry().with(Count(Arc::clone(&theirs)));
        let guard = tracing::subscriber::set_default(subscriber);
        async move {
            let _guard = guard;
            tracing::info!("told");
            panic!("on purpose");
        }
    });
    let executions = report.statistics().iterations as u32;
    assert!(count.load(Ordering::SeqCst) > executions, "told in each, and in the one that confirms");
}
