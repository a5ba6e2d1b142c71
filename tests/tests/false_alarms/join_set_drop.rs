//! Rows are written by a `JoinSet` of tasks.
//! The mistake: the set is dropped before all have ended, which aborts the rest.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::suite::tasks;

type Table = Arc<Mutex<Vec<u32>>>;

fn write_rows(table: &Table) -> JoinSet<()> {
    let mut writers = JoinSet::new();
    for row in 0..3 {
        let table = Arc::clone(table);
        writers.spawn(async move { table.lock().await.push(row) });
    }
    writers
}

async fn wait_for_all() {
    let table = Table::default();
    let mut writers = write_rows(&table);
    while let Some(written) = writers.join_next().await {
        written.expect("nobody aborts it");
    }
    assert_eq!(table.lock().await.len(), 3);
}

async fn wait_for_one() {
    let table = Table::default();
    let mut writers = write_rows(&table);
    writers.join_next().await.expect("there are three").expect("nobody aborts it");
    drop(writers);
    assert_eq!(table.lock().await.len(), 3, "a row is missing");
}

#[test]
fn all_rows_are_written_once_all_writers_are_joined() {
    tasks(wait_for_all).passes();
}

#[test]
fn dropping_the_set_loses_rows() {
    tasks(wait_for_one).panics("a row is missing");
}
