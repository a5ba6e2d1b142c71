//! Outside of explorations: off, until the program asks for them.
#![allow(missing_docs)]

use std::sync::{Arc, Mutex, PoisonError};

use coyote_spec as spec;

struct Asked;
struct Answered;
struct Cancelled;

#[coyote_macros::monitor(crate = "coyote_spec")]
enum Service {
    #[start]
    #[cold]
    #[on(Asked, goto = Busy)]
    Idle,
    #[hot]
    #[on(Answered, goto = Idle)]
    #[ignore(Asked)]
    #[on(Cancelled, goto = Idle)]
    Busy,
}

#[derive(Default)]
struct Count(u32);

#[coyote_macros::monitor(Count, crate = "coyote_spec")]
enum CountState {
    #[start]
    #[on(Asked, do = count)]
    Only,
}

impl Count {
    fn count(&mut self) {
        self.0 += 1;
        spec::assert!(self.0 < 2, "asked too often"; times = self.0);
    }
}

#[test]
fn monitors_are_off_until_they_are_enabled() {
    spec::register::<Service>();
    spec::monitor::<Service>(Answered);
    assert_eq!(spec::hot_monitors(), []);

    let violations = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&violations);
    spec::enable(move |violation| {
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(format!("{}: {}", violation.monitor, violation.message));
    });
    let violations = || violations.lock().unwrap_or_else(PoisonError::into_inner).clone();
    spec::monitor::<Service>(Answered);
    assert_eq!(violations(), [""; 0], "it is not registered");

    spec::register::<Service>();
    spec::monitor::<Service>(Asked);
    assert_eq!(spec::hot_monitors(), [("Service", "Busy")]);
    spec::monitor::<Service>(Cancelled);
    assert_eq!(spec::hot_monitors(), []);
    spec::monitor::<Service>(Answered);
    let said = violations();
    assert!(
        said.len() == 1
            && said[0].contains("Service: the monitor Service has no rule for Answered in state Idle"),
        "{said:?}"
    );
    // One that has been violated judges nothing more.
    spec::monitor::<Service>(Answered);
    assert_eq!(violations().len(), 1);

    spec::register::<Count>();
    spec::monitor::<Count>(Asked);
    spec::monitor::<Count>(Asked);
    let said = violations();
    assert!(said.len() == 2 && said[1].contains("asked too often (times = 2)"), "{said:?}");
}

#[test]
#[should_panic = "three is too many (n = 3)"]
fn an_assertion_is_a_panic() {
    let n = 3;
    spec::assert!(n < 3, "three is too many"; n);
}
