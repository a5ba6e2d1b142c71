//! What makes two failures the same one.

use coyote_engine::{End, FailureKind, WaitingOn};

/// A failure, but for what may differ from one schedule to the next: which of several like tasks it was,
/// numbers in its message, and who else was waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signature {
    /// A failure of this kind, at this place, with this message, numbers left out.
    Failed(FailureKind, Option<String>, String),
    /// Waits of these operations at these places: those of the circle, or of all if there is none.
    Deadlock(Vec<(&'static str, String)>),
}

impl Signature {
    /// Returns the signature of an end; None if it is none that could be looked for in other schedules.
    pub(crate) fn of(end: &End) -> Option<Signature> {
        match end {
            End::Failed(failure) => {
                let message = failure.panic.message.replace(|c: char| c.is_ascii_digit(), "");
                Some(Signature::Failed(failure.kind, failure.panic.location.clone(), message))
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
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use coyote_engine::{Deadlock, Failure, PanicRecord, Waiting};

    use super::*;

    fn failed(task: &str, message: &str, location: &str) -> Option<Signature> {
        let panic = PanicRecord { message: message.to_owned(), location: Some(location.to_owned()) };
        let task = task.to_owned();
        Signature::of(&End::Failed(Failure { task, in_root: true, kind: FailureKind::Panic, panic }))
    }

    #[test]
    fn tasks_and_numbers_do_not_matter_but_words_and_places_do() {
        let one = failed("main/1", "left: 1, right: 2", "src/lib.rs:1:2");
        assert_eq!(one, failed("main/2", "left: 15, right: 2", "src/lib.rs:1:2"));
        assert_ne!(one, failed("main/1", "left: 1, wrong: 2", "src/lib.rs:1:2"));
        assert_ne!(one, failed("main/1", "left: 1, right: 2", "src/lib.rs:1:3"));
    }

    #[test]
    fn only_the_circle_of_a_deadlock_counts() {
        let location = Location::caller();
        let waiting = |task: &str, op| {
            let on = WaitingOn { op, object: None, location, held_by: Vec::new() };
            Waiting { task: task.to_owned(), on: vec![on] }
        };
        let deadlock = |waiting: Vec<Waiting>, cycle: &[&str]| {
            let cycle = cycle.iter().map(|task| (*task).to_owned()).collect();
            Signature::of(&End::Deadlock(Deadlock { waiting, cycle }))
        };
        let two = deadlock(vec![waiting("main", "join"), waiting("main/1", "lock")], &["main/1"]);
        let three = vec![waiting("main", "recv"), waiting("main/1", "join"), waiting("main/2", "lock")];
        assert_eq!(two, deadlock(three.clone(), &["main/2"]));
        assert_ne!(two, deadlock(three, &[]));
        assert_eq!(Signature::of(&End::Completed), None);
    }
}
