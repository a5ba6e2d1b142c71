//! The programs.

use std::future::Future;
use std::pin::Pin;

use account_manager::RowError;
use coyote::{Time, spec};
use in_memory::InMemoryDbCollection;

/// The database that the account manager's own tests have.
#[path = "../../account-manager/tests/mocks/in_memory.rs"]
mod in_memory;

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
    /// Whether timers of tokio may fire before ready work.
    pub(crate) time: Time,
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
    [accounts(), robot(), coffee_actors(), coffee_tasks(), detector(), others()]
        .into_iter()
        .flatten()
        .collect()
}

fn accounts() -> Vec<Row> {
    use account_manager::{fixed, racy};
    const NAME: &str = "MyAccount";
    let row = |name, bug, theirs, body| Row { name, bug, theirs, time: Time::Idle, max_steps: 10_000, body };
    let create_twice = body!([] async {
        let accounts = racy::AccountManager::new(InMemoryDbCollection::default());
        one_succeeds(tokio::join!(accounts.create_account(NAME, "1"), accounts.create_account(NAME, "2")));
    });
    let delete_twice = body!([] async {
        let accounts = racy::AccountManager::new(InMemoryDbCollection::default());
        assert!(accounts.create_account(NAME, "1").await.expect("the database works"));
        one_succeeds(tokio::join!(accounts.delete_account(NAME), accounts.delete_account(NAME)));
    });
    let repaired = body!([] async {
        let accounts = fixed::AccountManager::new(InMemoryDbCollection::default());
        one_succeeds(tokio::join!(accounts.create_account(NAME, "1"), accounts.create_account(NAME, "2")));
        one_succeeds(tokio::join!(accounts.delete_account(NAME), accounts.delete_account(NAME)));
    });
    vec![
        row("accounts/creation", Some("RowAlreadyExists"), "20-26", create_twice),
        row("accounts/deletion", Some("RowNotFound"), "3", delete_twice),
        row("accounts/repaired", None, "-", repaired),
    ]
}

/// Demands that one of two calls at the same time succeeds, and that no error escapes.
fn one_succeeds((first, second): (Result<bool, RowError>, Result<bool, RowError>)) {
    assert!(
        first.expect("true or false") ^ second.expect("true or false"),
        "exactly one of two calls succeeds"
    );
}

fn robot() -> Vec<Row> {
    use drinks_serving_robot::{Bugs, LivenessMonitor, Plan, serve};
    const DEAF: Bugs = Bugs { deaf_driver: true, ..Bugs::NONE };
    const LOST: Bugs = Bugs { lost_requests: true, ..Bugs::NONE };
    let row = |name, bug, theirs, body| Row { name, bug, theirs, time: Time::Idle, max_steps: 2000, body };
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
    let row = |name, bug, theirs, body| Row { name, bug, theirs, time: Time::Idle, max_steps: 2000, body };
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

fn coffee_tasks() -> Vec<Row> {
    use coffee_machine_tasks::{Bugs, LivenessMonitor, Plan, run};
    const ZERO: Bugs = Bugs { empty_at_zero: true, ..Bugs::NONE };
    let row = |name, bug, theirs, body| Row { name, bug, theirs, time: Time::Racing, max_steps: 500, body };
    let hot = Some("LivenessMonitor is in the hot state Busy");
    let beans = Some("the grinder is on, and there are no beans");
    vec![
        row("coffee tasks", Some(""), "50-67", body!([LivenessMonitor] run(Plan::test(Bugs::TUTORIAL, 2)))),
        row("coffee tasks/empty at zero", beans, "5000", body!([LivenessMonitor] run(Plan::test(ZERO, 2)))),
        row(
            "coffee tasks/unawaited end",
            hot,
            "50-67",
            body!([LivenessMonitor] run(Plan::test(Bugs::PUBLISHED, 2))),
        ),
        row("coffee tasks/repaired", None, "-", body!([LivenessMonitor] run(Plan::test(Bugs::NONE, 2)))),
    ]
}

fn detector() -> Vec<Row> {
    use failure_detector::{Bugs, Liveness, Plan, Safety, run};
    const STALE: Bugs = Bugs { stale_answers: true, ..Bugs::NONE };
    const FORGOTTEN: Bugs = Bugs { forgotten_failures: true, ..Bugs::NONE };
    let row = |name, bug, theirs, body| Row { name, bug, theirs, time: Time::Idle, max_steps: 2000, body };
    let hot = Some("Liveness is in the hot state Waiting");
    let many = Some("too many pings");
    vec![
        row("failure detector/stale answers", many, "3125", body!([Safety, Liveness] run(Plan::test(STALE)))),
        row(
            "failure detector/forgotten failures",
            hot,
            "8",
            body!([Safety, Liveness] run(Plan::test(FORGOTTEN))),
        ),
        row("failure detector/repaired", None, "-", body!([Safety, Liveness] run(Plan::test(Bugs::NONE)))),
    ]
}

fn others() -> Vec<Row> {
    use bounded_buffer::{Configuration, Wakes, run};
    use hello_world_actors::greet;
    let row = |name, bug, theirs, body| Row { name, bug, theirs, time: Time::Idle, max_steps: 10_000, body };
    let (deadlock, twice) = (Some("deadlock"), Some("too many greetings"));
    vec![
        row("bounded buffer", deadlock, "100", body!([] async { run(Configuration::MINIMAL, Wakes::One) })),
        row(
            "bounded buffer/random",
            deadlock,
            "-",
            body!([] async { run(Configuration::random(), Wakes::One) }),
        ),
        row(
            "bounded buffer/repaired",
            None,
            "-",
            body!([] async { run(Configuration::MINIMAL, Wakes::All) }),
        ),
        row("hello world", twice, "30", body!([] greet(true, false))),
        row("hello world/repaired", None, "-", body!([] greet(false, false))),
        row("timers", None, "-", body!([] timers::tick(std::time::Duration::from_millis(1), 3, false))),
    ]
}
