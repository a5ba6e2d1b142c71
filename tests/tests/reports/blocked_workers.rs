//! A runtime of two workers, both blocked by tasks that wait for a third.

use coyote::std::sync::mpsc;
use coyote::tokio::runtime::Builder;

#[test]
fn blocking_both_workers_is_told_as_that() {
    let body = || async {
        let asked = coyote::tokio::task::spawn_blocking(|| {
            let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
            let (one, first) = mpsc::channel();
            let (two, second) = mpsc::channel();
            let waiting = [
                runtime.spawn(async move { first.recv().unwrap() }),
                runtime.spawn(async move { second.recv().unwrap() }),
            ];
            let answering = runtime.spawn(async move {
                one.send(1).unwrap();
                two.send(2).unwrap();
            });
            for task in waiting {
                runtime.block_on(task).unwrap();
            }
            runtime.block_on(answering).unwrap();
        });
        asked.await.unwrap();
    };
    let verdict = super::verdict(&super::explored("both-workers", body));
    let lines: Vec<&str> = verdict.lines().collect();
    assert_eq!(
        lines[0],
        "deadlock: both workers of a runtime are blocked, by main/1/1 and main/1/2, and main/1/3, which is ready, cannot run"
    );
    let has = |line: &str| assert!(lines.contains(&line), "no {line:?} in {verdict}");
    has("- main waits to join main/1");
    has("- main/1 waits to join main/1/1");
    has("- 2 of 2 workers are blocked, by main/1/1, main/1/2; ready, without a worker: main/1/3");
    assert!(verdict.contains("- main/1/1 waits to recv "), "{verdict}");
    assert!(verdict.contains("- main/1/2 waits to recv "), "{verdict}");
}
