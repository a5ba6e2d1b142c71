//! Assertions and monitors: what they find, and what they leave alone.
#![allow(missing_docs)]

mod livelocks;
mod liveness;
mod rules;
mod safety;

use std::future::Future;

use coyote::{Config, Explorer, Report};

/// Explores a body of at most 2,000 scheduling points, unfair, or 20,000, fair.
fn explore<F, Fut>(name: &str, body: F) -> Report
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    Explorer::new(config(name)).run(body)
}

fn config(name: &str) -> Config {
    Config::new(name).iterations(200).max_steps(2000)
}

/// Checks that a bug was found, that it replays from its trace, and returns what was said.
#[track_caller]
fn found<F, Fut>(name: &str, body: F) -> String
where
    F: Fn() -> Fut + Copy + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    let report = explore(name, body);
    let bug = report.bug().unwrap_or_else(|| panic!("{report}"));
    assert!(bug.is_reproduced(), "{report}");
    let again = Explorer::new(config(name)).replay(bug.trace(), body).expect("its own trace");
    let again_bug = again.bug().unwrap_or_else(|| panic!("{again}"));
    assert_eq!(again_bug.message(), bug.message());
    assert_eq!(again_bug.trace().fingerprint, bug.trace().fingerprint);
    report.to_string()
}

#[track_caller]
fn passes<F, Fut>(name: &str, body: F)
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = ()>,
{
    let report = explore(name, body);
    assert!(report.bug().is_none(), "{report}");
    assert!(report.uncontrolled().is_empty() && report.is_repeatable(), "{report}");
    assert_eq!(report.statistics().bounded + report.statistics().unconfirmed, 0, "{report}");
}
