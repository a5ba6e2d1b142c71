//! Requests that are made two at a time, and count themselves.

use futures::{StreamExt, stream};
use tokio::sync::Mutex;
use tokio::task::yield_now;

async fn program(in_one: bool) {
    let count = Mutex::new(0);
    let request = |_| async {
        if in_one {
            let mut count = count.lock().await;
            yield_now().await;
            *count += 1;
        } else {
            let seen = *count.lock().await;
            tokio::spawn(yield_now()).await.unwrap();
            *count.lock().await = seen + 1;
        }
    };
    stream::iter(0..3).map(request).buffer_unordered(2).collect::<Vec<()>>().await;
    assert_eq!(*count.lock().await, 3, "a request was not counted");
}

#[coyote::test(expect = "bug", message = "a request was not counted")]
async fn finds() {
    program(false).await;
}

#[coyote::test(iterations = 10_000, timeout = "0s")]
async fn passes() {
    program(true).await;
}
