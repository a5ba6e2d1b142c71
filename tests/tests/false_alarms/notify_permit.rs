//! One task waits for another's signal.
//! The mistake: `notify_waiters`, which keeps nothing for those who do not wait yet.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::suite::tasks;

async fn wait_for(signal: fn(&Notify)) {
    let notify = Arc::new(Notify::new());
    let waiter = tokio::spawn({
        let notify = Arc::clone(&notify);
        async move { notify.notified().await }
    });
    signal(&notify);
    waiter.await.expect("nobody aborts it");
}

#[test]
fn notify_one_is_kept_for_the_waiter() {
    tasks(|| wait_for(Notify::notify_one)).passes();
}

#[test]
fn notify_waiters_is_lost_on_a_late_waiter() {
    tasks(|| wait_for(Notify::notify_waiters)).deadlocks();
}
