//! Wakers that outlive their execution.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

use coyote::{Config, Explorer};

#[test]
fn wakers_of_earlier_executions_wake_nobody() {
    let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
    let ours = Arc::clone(&kept);
    let report = Explorer::new(Config::new("stale").iterations(1000)).run(move || {
        let kept = Arc::clone(&ours);
        async move {
            let (send, receive) = tokio::sync::oneshot::channel::<u32>();
            let waiting = tokio::spawn(async move {
                let mut receive = std::pin::pin!(receive);
                let mut polls = 0;
                let value = poll_fn(|cx| {
                    polls += 1;
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.iter().for_each(Waker::wake_by_ref);
                    if kept.len() < 50 {
                        kept.push(cx.waker().clone());
                    }
                    drop(kept);
                    receive.as_mut().poll(cx)
                })
                .await;
                // A waker of this execution is its own once: it wakes itself while it is polled.
                assert!(polls <= 4, "{polls} polls");
                value
            });
            send.send(7).expect("somebody listens");
            assert_eq!(waiting.await.expect("no panic"), Ok(7));
        }
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(kept.lock().unwrap_or_else(PoisonError::into_inner).len() == 50);
}

#[test]
fn a_waker_that_outlives_its_task_is_ignored_and_a_true_deadlock_is_still_found() {
    let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
    let report = Explorer::new(Config::new("stale")).run(move || {
        let kept = Arc::clone(&kept);
        async move {
            if let Some(old) = kept.lock().unwrap_or_else(PoisonError::into_inner).take() {
                old.wake();
            }
            poll_fn(|cx| {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
                Poll::<()>::Pending
            })
            .await;
        }
    });
    let bug = report.bug().expect("it waits for nothing");
    assert_eq!(bug.end().kind(), "deadlock", "{report}");
}

#[test]
fn wakers_may_be_dropped_after_the_exploration_and_on_other_threads() {
    let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
    let ours = Arc::clone(&kept);
    let report = Explorer::new(Config::new("kept").iterations(10)).run(move || {
        let kept = Arc::clone(&ours);
        poll_fn(move |cx| {
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(cx.waker().clone());
            Poll::Ready(())
        })
    });
    assert!(report.bug().is_none(), "{report}");
    #[expect(clippy::disallowed_methods, reason = "a thread that is not under control is the point")]
    let thread = std::thread::spawn(move || {
        let wakers = std::mem::take(&mut *kept.lock().unwrap_or_else(PoisonError::into_inner));
        assert!(wakers.len() > 1);
        wakers.iter().for_each(Waker::wake_by_ref);
        wakers.iter().cloned().for_each(Waker::wake);
        drop(wakers);
    });
    thread.join().expect("no panic");
}

#[test]
fn wakers_of_earlier_explorations_wake_nobody_however_many_there_were() {
    let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
    for _ in 0..600 {
        let kept = Arc::clone(&kept);
        let report = Explorer::new(Config::new("stale").iterations(1)).run(move || {
            let kept = Arc::clone(&kept);
            async move {
                let task = tokio::spawn(poll_fn(move |cx| {
                    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                    let is_new = !kept.iter().any(|old| old.will_wake(cx.waker()));
                    kept.push(cx.waker().clone());
                    Poll::Ready(is_new)
                }));
                assert_eq!(task.await.ok(), Some(true), "an earlier exploration had the same waker");
            }
        });
        assert!(report.bug().is_none(), "{report}");
    }
    assert!(kept.lock().unwrap_or_else(PoisonError::into_inner).len() >= 600);
}
