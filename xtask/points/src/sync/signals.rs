//! `Notify`, `Barrier`.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use coyote_shim::tokio;
use tokio::sync::{Barrier, Notify};

use crate::measure::{Points, op};

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let notify = Arc::new(Notify::new());
        op!(counts, tokio::sync::Notify::notify_one(&notify));
        let notified = op!(counts, tokio::sync::Notify::notified(&notify));
        op!(counts, [tokio::sync::futures::Notified: Future] notified.await);
        op!(counts, tokio::sync::Notify::notify_last(&notify));
        let notified = op!(counts, tokio::sync::Notify::notified_owned(Arc::clone(&notify)));
        op!(counts, [tokio::sync::futures::OwnedNotified: Future] notified.await);
        op!(counts, tokio::sync::Notify::notify_waiters(&notify));

        let mut waiting = Box::pin(notify.notified());
        op!(counts, tokio::sync::futures::Notified::enable(waiting.as_mut()));
        op!(counts, [tokio::sync::futures::Notified: Drop] drop(waiting));
        let mut waiting = Box::pin(notify.notified_owned());
        op!(counts, tokio::sync::futures::OwnedNotified::enable(waiting.as_mut()));
        op!(counts, [tokio::sync::futures::OwnedNotified: Drop] drop(waiting));
    });
    points.count(|counts| async move {
        let barrier = Barrier::new(2);
        let mut other = pin!(barrier.wait());
        assert!(other.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        op!(counts, tokio::sync::Barrier::wait(&barrier) await);
    });
}
