//! A request's number is in a `task_local!`, and a subtask needs it.
//! The mistake: a spawned task does not inherit it.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::yield_now;

use crate::suite::tasks;

tokio::task_local! {
    static NUMBER: u32;
}

async fn log_after_pause(log: Arc<Mutex<Vec<u32>>>) {
    yield_now().await;
    log.lock().await.push(NUMBER.get());
}

async fn serve(number: u32, log: Arc<Mutex<Vec<u32>>>, pass_on: bool) {
    log_after_pause(Arc::clone(&log)).await;
    let subtask = log_after_pause(log);
    let subtask = if pass_on { tokio::spawn(NUMBER.scope(number, subtask)) } else { tokio::spawn(subtask) };
    if let Err(error) = subtask.await {
        std::panic::resume_unwind(error.into_panic());
    }
}

async fn requests(pass_on: bool) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let requests =
        [1, 2].map(|number| tokio::spawn(NUMBER.scope(number, serve(number, Arc::clone(&log), pass_on))));
    for request in requests {
        if let Err(error) = request.await {
            std::panic::resume_unwind(error.into_panic());
        }
    }
    let mut log = log.lock().await.clone();
    log.sort_unstable();
    assert_eq!(log, [1, 1, 2, 2]);
}

#[test]
fn a_value_that_is_passed_on_is_there() {
    tasks(|| requests(true)).passes();
}

#[test]
fn a_spawned_task_inherits_nothing() {
    tasks(|| requests(false)).panics("task-local");
}
