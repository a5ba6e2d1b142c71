//! A connection is opened once, on demand, in a `OnceCell`; the first attempt fails.
//! The mistake: to look whether it is open, open it, and set it.

use std::future::Future;
use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;
use tokio::task::yield_now;

use crate::suite::tasks;

#[derive(Default)]
struct Client {
    connection: OnceCell<u32>,
    attempts: AtomicU32,
}

async fn open(client: &Client) -> Result<u32, &'static str> {
    let attempt = client.attempts.fetch_add(1, Ordering::SeqCst);
    yield_now().await;
    if attempt == 0 { Err("refused") } else { Ok(attempt) }
}

async fn connect(client: Arc<Client>) {
    while client.connection.get_or_try_init(|| open(&client)).await.is_err() {}
}

async fn look_and_connect(client: Arc<Client>) {
    while !client.connection.initialized() {
        if let Ok(connection) = open(&client).await {
            client.connection.set(connection).expect("connected twice");
        }
    }
}

async fn users<F: Future<Output = ()> + Send + 'static>(connect: fn(Arc<Client>) -> F) {
    let client = Arc::new(Client::default());
    let users = [0, 1].map(|_| tokio::spawn(connect(Arc::clone(&client))));
    for user in users {
        user.await.expect("a user panicked");
    }
    assert_eq!(client.connection.get(), Some(&1));
    assert_eq!(client.attempts.load(Ordering::SeqCst), 2);
}

#[test]
fn the_cell_is_filled_once() {
    tasks(|| users(connect)).passes();
}

#[test]
fn looking_before_setting_connects_twice() {
    tasks(|| users(look_and_connect)).panics("connected twice");
}
