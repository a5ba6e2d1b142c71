//! Outside of any exploration the mirrors do what tokio does, in a real runtime and without one.
#![allow(missing_docs)]
#![allow(clippy::disallowed_methods, reason = "real threads are what is tested here")]

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use coyote_shim::tokio::sync::{
    Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore, SetOnce, broadcast, mpsc, oneshot, watch,
};

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

#[test]
fn locks_exclude_across_real_threads() {
    runtime().block_on(async {
        let sum = Arc::new(Mutex::new(0));
        let table = Arc::new(RwLock::new(0));
        let semaphore = Arc::new(Semaphore::new(1));
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let (sum, table, semaphore) = (Arc::clone(&sum), Arc::clone(&table), Arc::clone(&semaphore));
                tokio::spawn(async move {
                    for _ in 0..1000 {
                        *sum.lock().await += 1;
                        *table.write().await += 1;
                        let _permit = semaphore.acquire().await.expect("open");
                        let _ = *table.read().await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!((*sum.lock().await, *table.read().await), (4000, 4000));
        let other = Arc::clone(&sum);
        std::thread::scope(|scope| {
            scope.spawn(|| *other.blocking_lock() += 1);
        });
        assert_eq!(*sum.lock().await, 4001);
    });
}

#[test]
fn blocking_in_a_real_runtime_panics_as_tokio_does() {
    let panicked = runtime().block_on(async {
        let mutex = Mutex::new(());
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(mutex.blocking_lock()))).is_err()
    });
    assert!(panicked);
}

#[test]
fn signals_arrive() {
    runtime().block_on(async {
        let notify = Arc::new(Notify::new());
        let barrier = Arc::new(Barrier::new(2));
        let cell = Arc::new(OnceCell::new());
        let once = Arc::new(SetOnce::new());
        let task = {
            let (notify, barrier, cell) = (Arc::clone(&notify), Arc::clone(&barrier), Arc::clone(&cell));
            let once = Arc::clone(&once);
            tokio::spawn(async move {
                notify.notified().await;
                once.set(1).expect("first");
                let leads = barrier.wait().await.is_leader();
                (leads, *cell.get_or_init(|| async { 5 }).await)
            })
        };
        notify.notify_one();
        assert_eq!(*once.wait().await, 1);
        let leads = barrier.wait().await.is_leader();
        let five = *cell.get_or_init(|| async { 5 }).await;
        assert_eq!(task.await.expect("no panic"), (!leads, five));
    });
}

#[test]
fn channels_carry() {
    runtime().block_on(async {
        let (tx, mut rx) = mpsc::channel(2);
        let (unbounded, mut all) = mpsc::unbounded_channel();
        let (value, mut watched) = watch::channel(0);
        let (shout, mut heard) = broadcast::channel(16);
        let (once, answer) = oneshot::channel();
        let task = tokio::spawn(async move {
            for n in 0..100 {
                tx.send(n).await.expect("open");
                unbounded.send(n).expect("open");
            }
            tx.send_timeout(100, Duration::from_secs(60)).await.expect("room");
            value.send(7).expect("watched");
            value.send_modify(|value| *value += 1);
            shout.send(9).expect("heard");
            once.send(10).expect("waited for");
        });
        let mut sum = 0;
        while let Some(n) = rx.recv().await {
            sum += n;
        }
        while let Some(n) = all.recv().await {
            sum += n;
        }
        assert_eq!(sum, 2 * 4950 + 100);
        assert_eq!(*watched.wait_for(|value| *value == 8).await.expect("sent"), 8);
        assert_eq!((heard.recv().await, answer.await), (Ok(9), Ok(10)));
        assert!(watched.changed().await.is_err());
        task.await.expect("no panic");
    });
}

#[test]
fn threads_block_for_real() {
    let (tx, mut rx) = mpsc::channel(1);
    let thread = std::thread::spawn(move || (0..50).for_each(|n| tx.blocking_send(n).expect("open")));
    let mut buffer = Vec::new();
    while rx.blocking_recv_many(&mut buffer, 8) > 0 {}
    thread.join().expect("no panic");
    assert_eq!(buffer, (0..50).collect::<Vec<_>>());
    assert_eq!(rx.blocking_recv(), None);
}

#[test]
fn a_busy_receiver_yields_in_a_real_runtime_once_per_budget() {
    let polls = runtime().block_on(async {
        let (tx, mut rx) = mpsc::unbounded_channel();
        (0..300).for_each(|n| tx.send(n).expect("open"));
        drop(tx);
        let mut all = Box::pin(async move { while rx.recv().await.is_some() {} });
        let mut polls = 0;
        tokio::spawn(std::future::poll_fn(move |cx| {
            polls += 1;
            all.as_mut().poll(cx).map(|()| polls)
        }))
        .await
        .expect("no panic")
    });
    assert_eq!(polls, 3, "128 operations a poll, counted once");
}
