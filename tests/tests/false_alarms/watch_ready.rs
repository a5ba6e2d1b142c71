//! Tasks wait on a `watch` channel for a service to be ready.
//! The mistake: to wait for a change that came before the subscription.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::watch::{self, Sender};

use crate::suite::tasks;

async fn wait_for_value(service: Arc<Sender<bool>>) {
    let mut ready = service.subscribe();
    assert!(*ready.wait_for(|ready| *ready).await.expect("the service is there"));
}

async fn wait_for_change(service: Arc<Sender<bool>>) {
    let mut ready = service.subscribe();
    ready.changed().await.expect("the service is there");
    assert!(*ready.borrow_and_update());
}

async fn start<F: Future<Output = ()> + Send + 'static>(wait: fn(Arc<Sender<bool>>) -> F) {
    let service = Arc::new(watch::channel(false).0);
    let users = [0, 1].map(|_| tokio::spawn(wait(Arc::clone(&service))));
    service.send_replace(true);
    for user in users {
        user.await.expect("nobody aborts it");
    }
}

#[test]
fn waiting_for_the_value_misses_nothing() {
    tasks(|| start(wait_for_value)).passes();
}

#[test]
fn waiting_for_a_change_misses_an_earlier_one() {
    tasks(|| start(wait_for_change)).deadlocks();
}
