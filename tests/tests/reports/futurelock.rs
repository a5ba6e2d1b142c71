//! A lock that is kept for a future which its task does not poll, because it waits for the same lock.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use coyote::tokio::sync::Mutex;
use coyote::tokio::time::sleep;

async fn use_it(lock: &Mutex<u32>) {
    *lock.lock().await += 1;
}

async fn program(drops_the_first: bool) {
    let lock = Arc::new(Mutex::new(0));
    let other = Arc::clone(&lock);
    let background = coyote::tokio::spawn(async move {
        let _guard = other.lock().await;
        sleep(Duration::from_secs(5)).await;
    });
    sleep(Duration::from_secs(1)).await;
    {
        let mut first = Box::pin(use_it(&lock));
        let late = coyote::tokio::select! {
            () = &mut first => false,
            () = sleep(Duration::from_secs(1)) => true,
        };
        if late && drops_the_first {
            drop(first);
            use_it(&lock).await;
        } else if late {
            use_it(&lock).await;
        }
    }
    background.await.unwrap();
}

#[test]
fn a_futurelock_is_told_as_that() {
    let verdict = super::verdict(&super::explored("futurelock", || program(false)));
    assert!(
        verdict.starts_with(
            "futurelock: task main waits for Mutex main/1:1, kept for a future of its own that is not being polled\n"
        ),
        "{verdict}"
    );
    let has = |text: &str| assert!(verdict.contains(text), "no {text:?} in {verdict}");
    has("\n- main waits to lock Mutex main/1:1, kept for a future of main that is not being polled\n");
    has("futurelock.rs:11:11\n");
    has("11 |     *lock.lock().await += 1;\n");
    has("first in line: a future of main, waiting here, which main does not poll\n");
}

#[test]
fn dropping_the_first_future_gives_the_lock_on() {
    let config = coyote::Config::new("no-futurelock").iterations(500);
    let report = coyote::Explorer::new(config).run(|| program(true));
    assert!(report.bug().is_none(), "{report}");
}

/// The first in line is another task's.
#[test]
fn a_futurelock_across_tasks_names_the_other() {
    let body = || async {
        let lock = Arc::new(Mutex::new(0));
        let guard = lock.lock().await;
        let theirs = Arc::clone(&lock);
        let careless = coyote::tokio::spawn(async move {
            let mut waits = pin!(use_it(&theirs));
            coyote::tokio::select! {
                biased;
                () = &mut waits => {}
                () = sleep(Duration::from_secs(1)) => std::future::pending().await,
            }
        });
        sleep(Duration::from_secs(2)).await;
        drop(guard);
        use_it(&lock).await;
        careless.await.unwrap();
    };
    let verdict = super::verdict(&super::explored("futurelock-across", body));
    assert!(
        verdict.starts_with(
            "futurelock: task main waits for Mutex main:1, kept for a future of main/1 that is not being polled\n"
        ),
        "{verdict}"
    );
}
