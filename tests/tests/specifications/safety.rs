use std::sync::Arc;

use coyote::spec;
use tokio::sync::Mutex;

use crate::{found, passes};

struct Enter;
struct Leave;

/// At most one at a time.
#[derive(Default)]
struct Alone {
    inside: u32,
}

#[spec::monitor(Alone)]
enum AloneState {
    #[start]
    #[on(Enter, do = enter)]
    #[on(Leave, do = leave)]
    Watching,
}

impl Alone {
    fn enter(&mut self) {
        self.inside += 1;
        spec::assert!(self.inside <= 1, "{} are inside", self.inside; inside = self.inside, limit = 1);
    }

    fn leave(&mut self) {
        self.inside -= 1;
    }
}

async fn visit() {
    spec::monitor::<Alone>(Enter);
    tokio::task::yield_now().await;
    spec::monitor::<Alone>(Leave);
}

async fn two_visits(lock: bool) {
    spec::register::<Alone>();
    let door = Arc::new(Mutex::new(()));
    let visit = async move |door: Arc<Mutex<()>>| {
        let _guard = if lock { Some(door.lock().await) } else { None };
        visit().await;
    };
    let other = tokio::spawn({
        let door = Arc::clone(&door);
        async move { visit(door).await }
    });
    visit(door).await;
    other.await.expect("nobody panics");
}

#[test]
fn a_safety_monitor_fails_where_it_was_told() {
    let report = found("safety", || two_visits(false));
    assert!(report.contains("violated the specification"), "{report}");
    assert!(report.contains("2 are inside"), "{report}");
    assert!(report.contains("inside = 2") && report.contains("limit = 1"), "{report}");
    assert!(report.contains("monitor Alone: Enter in Watching"), "{report}");
}

#[test]
fn a_safety_monitor_that_holds_is_silent() {
    passes("safe", || two_visits(true));
}

#[test]
fn an_assertion_ends_the_execution_though_panics_are_caught() {
    let report = found("caught", || async {
        let task = tokio::spawn(async { spec::assert!(1 + 1 == 3, "arithmetic") });
        let _ = task.await;
        let _ = std::panic::catch_unwind(|| spec::assert!(1 + 1 == 3));
    });
    assert!(report.contains("task main/1 violated the specification"), "{report}");
    assert!(report.contains("arithmetic"), "{report}");
}

#[test]
fn an_unregistered_monitor_costs_and_does_nothing() {
    passes("unregistered", || async {
        spec::monitor::<Alone>(Enter);
        spec::monitor::<Alone>(Enter);
    });
}

#[test]
fn each_execution_has_fresh_monitors() {
    passes("fresh", || async {
        spec::register::<Alone>();
        spec::register::<Alone>();
        spec::monitor::<Alone>(Enter);
    });
}

#[coyote::test(monitors(Alone), iterations = 50, expect = "bug", message = "2 are inside")]
async fn the_attribute_registers() {
    spec::monitor::<Alone>(Enter);
    spec::monitor::<Alone>(Enter);
}

#[coyote::test(monitors(Alone), iterations = 5)]
fn the_attribute_registers_in_threads_too() {
    spec::monitor::<Alone>(Enter);
}
