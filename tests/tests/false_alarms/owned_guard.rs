//! A document is locked for an editor, who writes two lines, each in its time.
//! The mistake: the editor gets the document, not the guard, and locks it for each line.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::yield_now;

use crate::suite::tasks;

async fn edit_under_one_guard(mut document: OwnedMutexGuard<Vec<&'static str>>) {
    document.push("title");
    yield_now().await;
    document.push("text");
}

async fn edit_line_by_line(document: Arc<Mutex<Vec<&'static str>>>) {
    Arc::clone(&document).lock_owned().await.push("title");
    document.lock_owned().await.push("text");
}

async fn read(document: &Mutex<Vec<&'static str>>) {
    let lines = document.lock().await.len();
    assert!(lines == 0 || lines == 2, "half a document");
}

async fn hand_over_the_guard() {
    let document = Arc::new(Mutex::new(Vec::new()));
    let guard = Arc::clone(&document).lock_owned().await;
    let editor = tokio::spawn(edit_under_one_guard(guard));
    read(&document).await;
    editor.await.expect("nobody aborts it");
    let guard = Arc::clone(&document).lock_owned().await;
    assert!(OwnedMutexGuard::mutex(&guard).try_lock().is_err());
}

async fn hand_over_the_document() {
    let document = Arc::new(Mutex::new(Vec::new()));
    let editor = tokio::spawn(edit_line_by_line(Arc::clone(&document)));
    read(&document).await;
    editor.await.expect("nobody aborts it");
}

#[test]
fn one_guard_hides_the_half_written_document() {
    tasks(hand_over_the_guard).passes();
}

#[test]
fn two_guards_show_half_a_document() {
    tasks(hand_over_the_document).panics("half a document");
}
