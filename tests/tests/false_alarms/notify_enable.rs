//! A flag is set, then all waiters are notified.
//! The mistake: a waiter looks at the flag before it is registered for the notification.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

use crate::suite::tasks;

#[derive(Default)]
struct Event {
    set: AtomicBool,
    notify: Notify,
}

async fn register_then_look(event: Arc<Event>) {
    let mut notified = pin!(event.notify.notified());
    notified.as_mut().enable();
    if !event.set.load(Ordering::SeqCst) {
        notified.await;
    }
    assert!(event.set.load(Ordering::SeqCst));
}

async fn look_then_register(event: Arc<Event>) {
    if !event.set.load(Ordering::SeqCst) {
        event.notify.notified().await;
    }
}

async fn signal<F: Future<Output = ()> + Send + 'static>(wait: fn(Arc<Event>) -> F) {
    let event = Arc::new(Event::default());
    let waiters = [0, 1].map(|_| tokio::spawn(wait(Arc::clone(&event))));
    event.set.store(true, Ordering::SeqCst);
    event.notify.notify_waiters();
    for waiter in waiters {
        waiter.await.expect("nobody aborts it");
    }
}

#[test]
fn registering_first_misses_nothing() {
    tasks(|| signal(register_then_look)).passes();
}

#[test]
fn looking_first_misses_the_notification() {
    tasks(|| signal(look_then_register)).deadlocks();
}
