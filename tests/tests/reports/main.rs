//! What reports say: the lines that matter, and of deadlocks, which kind it is, and who waits for whom.
#![allow(missing_docs)]

mod actors;
mod blocked_workers;
mod coverage;
mod events;
mod first_screen;
mod futurelock;
mod headlines;
mod tokio_tests;

/// Returns the part of a report from its headline to the interleaving, without columns.
fn verdict(report: &coyote::Report) -> String {
    let text = report.to_string();
    let (_, rest) = text.split_once("\n\n").expect("a headline");
    let (verdict, _) = rest.split_once("\n\nthe interleaving").expect("an interleaving");
    verdict.to_owned()
}

/// Explores until a bug is found, which has to be reproduced.
fn explored<F, Fut>(name: &str, body: F) -> coyote::Report
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    let report = coyote::Explorer::new(coyote::Config::new(name).iterations(500)).run(body);
    assert!(report.bug().is_some_and(coyote::Bug::is_reproduced), "{report}");
    report
}
