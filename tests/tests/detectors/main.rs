//! What detectors find, each beside a twin that they leave alone. Every bug is repeated from its trace.

mod data_races;
mod guards_across_await;
mod leaks;
mod lock_order;
mod lost_wakeups;
mod other_processes;
mod spurious;

use std::future::Future;

use coyote::{Config, Explorer, Report, Trace};

fn config(name: &str) -> Config {
    Config::new(name).iterations(2_000).timeout(std::time::Duration::ZERO)
}

/// Explores a program that is expected to fail, and repeats the failure from the trace as a file and as a string.
#[track_caller]
fn fails<F, Fut>(config: Config, body: F) -> Report
where
    F: Fn() -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let report = Explorer::new(config.clone()).run(body);
    let bug = report.bug().unwrap_or_else(|| panic!("nothing was found\n{report}"));
    assert!(bug.is_reproduced(), "{report}");
    let trace =
        Trace::parse_file(&bug.trace().to_string()).expect("a trace that was just written can be read");
    let again = Explorer::new(config).replay(&trace, body).expect("the trace is this test's");
    let repeated = again.bug().unwrap_or_else(|| panic!("gone when repeated\n{again}"));
    assert!(repeated.is_reproduced(), "{again}");
    assert_eq!(repeated.message(), bug.message());
    report
}

/// Explores a program that is correct.
#[track_caller]
fn passes<F, Fut>(config: Config, body: F) -> Report
where
    F: Fn() -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()> + 'static,
{
    let report = Explorer::new(config).run(body);
    assert!(report.bug().is_none() && report.is_repeatable(), "{report}");
    report
}
