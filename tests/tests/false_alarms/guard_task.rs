//! A handle aborts its task when it is dropped; the task marks in a destructor that it is gone.
//! The mistake: to look at the mark right after the drop, without waiting for the end of the task.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::suite::tasks;

struct Mark(Arc<Mutex<bool>>);

impl Drop for Mark {
    fn drop(&mut self) {
        *self.0.lock().expect("nobody panics") = true;
    }
}

struct AbortOnDrop(Option<JoinHandle<()>>);

impl AbortOnDrop {
    async fn end(mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
            assert!(task.await.is_err_and(|error| error.is_cancelled()));
        }
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
        }
    }
}

async fn run(wait_for_end: bool) {
    let gone = Arc::new(Mutex::new(false));
    let started = Arc::new(Notify::new());
    let mark = Mark(Arc::clone(&gone));
    let task = AbortOnDrop(Some(tokio::spawn({
        let started = Arc::clone(&started);
        async move {
            let _mark = mark;
            started.notify_one();
            std::future::pending().await
        }
    })));
    started.notified().await;
    if wait_for_end {
        task.end().await
    } else {
        drop(task)
    }
    assert!(*gone.lock().expect("nobody panics"), "the task is still there");
}

#[test]
fn a_task_is_gone_once_its_end_was_awaited() {
    tasks(|| run(true)).passes();
}

#[test]
fn an_aborted_task_is_not_gone_at_once() {
    tasks(|| run(false)).panics("the task is still there");
}
