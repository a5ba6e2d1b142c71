//! Of two waiters one gives up. A notification that has reached it already goes to the other.
//! The mistake: it sees the notification as it gives up, and does not pass it on.

use std::sync::Arc;

use tokio::sync::{Notify, oneshot};

use crate::suite::tasks;

/// What is dropped with a notification passes that on.
async fn drop_it(notify: &Notify, give_up: oneshot::Receiver<()>) {
    tokio::select! {
        biased;
        _ = give_up => {}
        () = notify.notified() => notify.notify_one(),
    }
}

/// What is seen is taken.
async fn take_it(notify: &Notify, give_up: oneshot::Receiver<()>) {
    tokio::select! {
        biased;
        () = notify.notified() => {}
        _ = give_up => {}
    }
}

async fn two_waiters(wait: impl AsyncFn(&Notify, oneshot::Receiver<()>)) {
    let notify = Arc::new(Notify::new());
    let (send, give_up) = oneshot::channel();
    let patient = tokio::spawn({
        let notify = Arc::clone(&notify);
        async move { notify.notified().await }
    });
    tokio::spawn({
        let notify = Arc::clone(&notify);
        async move { notify.notify_one() }
    });
    tokio::spawn(async move { send.send(()) });
    wait(&notify, give_up).await;
    patient.await.expect("nobody aborts it");
}

#[test]
fn a_dropped_waiter_passes_the_notification_on() {
    tasks(|| two_waiters(drop_it)).passes();
}

#[test]
fn a_notification_that_is_taken_is_gone() {
    tasks(|| two_waiters(take_it)).deadlocks();
}
