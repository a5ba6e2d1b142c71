//! What makes two failures the same one.

use coyote_engine::{End, FailureKind, Livelock, Outcome, PanicRecord, WaitingOn};

use crate::report::origin;

/// A failure, but for what may differ from one schedule to the next: which of several like tasks it was,
/// numbers in its message, and who else was waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// A failure of this kind; of panics that only pass on another task's, that one.
    Failed(FailureKind, What),
    /// Waits of these operations at these places: those of the circle, or of all if there is none.
    Deadlock(Vec<(&'static str, String)>),
    /// A monitor was in a hot state at the end.
    HotAtEnd { monitor: String, state: String },
}

/// What a panic says, numbers left out, and where it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct What {
    message: String,
    location: Option<String>,
}

impl What {
    fn of(panic: &PanicRecord) -> What {
        let message = panic.message.replace(|c: char| c.is_ascii_digit(), "");
        What { message, location: panic.location.clone() }
    }
}

impl Signature {
    /// Returns the signature of a recorded execution; None if its end is none that could be looked for in
    /// other schedules.
    pub(crate) fn of(outcome: &Outcome) -> Option<Signature> {
        match &outcome.end {
            End::Failed(failure) => {
                let cause =
                    outcome.notes.recording.as_ref().and_then(|recording| origin(&outcome.end, recording));
                let panic = cause.map_or(&failure.panic, |(_task, panic)| panic);
                Some(Signature::Failed(failure.kind, What::of(panic)))
            }
            End::Deadlock(deadlock) => {
                let counts = |task: &String| deadlock.cycle.is_empty() || deadlock.cycle.contains(task);
                let place = |on: &WaitingOn| (on.op, on.location.to_string());
                let waiting = deadlock.waiting.iter().filter(|waiting| counts(&waiting.task));
                let mut waits: Vec<_> = waiting.flat_map(|waiting| waiting.on.iter().map(place)).collect();
                waits.sort_unstable();
                waits.dedup();
                Some(Signature::Deadlock(waits))
            }
            End::Livelock(Livelock::HotAtEnd { monitor, state, .. }) => {
                Some(Signature::HotAtEnd { monitor: monitor.clone(), state: state.clone() })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use coyote_engine::{Deadlock, Failure, Noted, Notes, Recording, Waiting};

    use super::*;

    fn of(end: End, panics: Vec<(String, PanicRecord)>) -> Option<Signature> {
        let recording = Some(Box::new(Recording { panics, ..Recording::default() }));
        Signature::of(&Outcome {
            end,
            steps: 1,
            tasks: 1,
            fingerprint: 0,
            fair: true,
            abandoned: 0,
            notes: Notes::new(Noted { recording, ..Noted::default() }),
        })
    }

    fn panic(message: &str, location: &str) -> PanicRecord {
        PanicRecord { message: message.to_owned(), location: Some(location.to_owned()) }
    }

    fn failure(task: &str, panic: PanicRecord) -> End {
        End::Failed(Failure {
            task: task.to_owned(),
            in_root: true,
            kind: FailureKind::Panic,
            panic,
            context: Vec::new(),
        })
    }

    fn failed(task: &str, message: &str, location: &str) -> Option<Signature> {
        of(failure(task, panic(message, location)), Vec::new())
    }

    #[test]
    fn tasks_and_numbers_do_not_matter_but_words_and_places_do() {
        let one = failed("main/1", "left: 1, right: 2", "src/lib.rs:1:2");
        assert_eq!(one, failed("main/2", "left: 15, right: 2", "src/lib.rs:1:2"));
        assert_ne!(one, failed("main/1", "left: 1, wrong: 2", "src/lib.rs:1:2"));
        assert_ne!(one, failed("main/1", "left: 1, right: 2", "src/lib.rs:1:3"));
    }

    #[test]
    fn a_panic_that_is_only_passed_on_is_told_by_its_cause() {
        let joined = "called `Result::unwrap()` on an `Err` value: Any { .. }";
        let passed_on = |first: &str, last: &str| {
            let panics = [panic(first, "src/lib.rs:1:1"), panic(last, "src/lib.rs:9:1")];
            let end = failure("main", panics[1].clone());
            of(end, panics.map(|panic| ("main/1".to_owned(), panic)).into())
        };
        assert_eq!(passed_on("lost 1", joined), failed("main/1", "lost 2", "src/lib.rs:1:1"));
        assert_ne!(passed_on("lost 1", joined), passed_on("closed", joined));
        // Here the first was dealt with.
        assert_eq!(passed_on("lost 1", "wrong"), failed("main", "wrong", "src/lib.rs:9:1"));
    }

    #[test]
    fn only_the_circle_of_a_deadlock_counts() {
        let location = Location::caller();
        let waiting = |task: &str, op| {
            let on = WaitingOn {
                op,
                object: None,
                location,
                held_by: Vec::new(),
                holders: Vec::new(),
                first_in_line: None,
            };
            Waiting { task: task.to_owned(), on: vec![on], without_waker: false }
        };
        let deadlock = |waiting: Vec<Waiting>, cycle: &[&str]| {
            let cycle = cycle.iter().map(|task| (*task).to_owned()).collect();
            of(
                End::Deadlock(Deadlock { waiting, cycle, starved: Vec::new(), panicked: Vec::new() }),
                Vec::new(),
            )
        };
        let two = deadlock(vec![waiting("main", "join"), waiting("main/1", "lock")], &["main/1"]);
        let three = vec![waiting("main", "recv"), waiting("main/1", "join"), waiting("main/2", "lock")];
        assert_eq!(two, deadlock(three.clone(), &["main/2"]));
        assert_ne!(two, deadlock(three, &[]));
        assert_eq!(of(End::Completed, Vec::new()), None);
    }
}
