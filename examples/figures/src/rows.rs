//! The programs.

use std::future::Future;
use std::pin::Pin;

use coyote::spec;

/// A test body.
#[derive(Clone, Copy)]
pub(crate) struct Body(pub(crate) fn() -> Pin<Box<dyn Future<Output = ()>>>);

/// A program.
pub(crate) struct Row {
    /// What it is called.
    pub(crate) name: &'static str,
    /// What its bug says, if it has one.
    pub(crate) bug: Option<&'static str>,
    /// After how many executions Coyote finds it, where its documentation says so.
    pub(crate) theirs: &'static str,
    /// The bound of an unfair schedule.
    pub(crate) max_steps: u64,
    /// What is run.
    pub(crate) body: Body,
}

/// The body of a test.
macro_rules! body {
    ([$($monitor:ty),*] $body:expr) => {
        Body(|| Box::pin(async {
            $(spec::register::<$monitor>();)*
            $body.await;
        }))
    };
}

/// Returns all programs.
pub(crate) fn all() -> Vec<Row> {
    [robot(), coffee_actors()].into_iter().flatten().collect()
}

fn robot() -> Vec<Row> {
    use drinks_serving_robot::{Bugs, LivenessMonitor, Plan, serve};
    const DEAF: Bugs = Bugs { deaf_driver: true, ..Bugs::NONE };
    const LOST: Bugs = Bugs { lost_requests: true, ..Bugs::NONE };
    let row = |name, bug, theirs, body| Row { name, bug, theirs, max_steps: 2000, body };
    let hot = Some("LivenessMonitor is in the hot state Busy");
    vec![
        row("robot", hot, "34", body!([LivenessMonitor] serve(Plan::test(Bugs::TUTORIAL, 1, 1)))),
        row(
            "robot/deaf driver",
            Some("RobotReady"),
            "-",
            body!([LivenessMonitor] serve(Plan::test(DEAF, 3, 2))),
        ),
        row("robot/lost requests", hot, "-", body!([LivenessMonitor] serve(Plan::test(LOST, 3, 2)))),
        row(
            "robot/published",
            None,
            "25.7 s / 1000",
            body!([LivenessMonitor] serve(Plan::test(Bugs::PUBLISHED, 1, 1))),
        ),
        row(
            "robot/repaired",
            None,
            "25.7 s / 1000",
            body!([LivenessMonitor] serve(Plan::test(Bugs::NONE, 1, 1))),
        ),
        row(
            "robot/repaired, 4 failovers",
            None,
            "-",
            body!([LivenessMonitor] serve(Plan::test(Bugs::NONE, 4, 4))),
        ),
    ]
}

fn coffee_actors() -> Vec<Row> {
    use coffee_machine_actors::{Bugs, DoorSafetyMonitor, LivenessMonitor, Plan, run};
    let row = |name, bug, theirs, body| Row { name, bug, theirs, max_steps: 2000, body };
    let hot = Some("LivenessMonitor is in the hot state Busy");
    vec![
        row(
            "coffee actors",
            Some(""),
            "25-33",
            body!([LivenessMonitor, DoorSafetyMonitor] run(Plan::test(Bugs::TUTORIAL, 2))),
        ),
        row(
            "coffee actors/left running",
            hot,
            "rare",
            body!([LivenessMonitor, DoorSafetyMonitor] run(Plan::test(Bugs::PUBLISHED, 2))),
        ),
        row(
            "coffee actors/repaired",
            None,
            "-",
            body!([LivenessMonitor, DoorSafetyMonitor] run(Plan::test(Bugs::NONE, 2))),
        ),
    ]
}
