//! Bytes between a process and its fork. Both are one program, loaded at the same addresses, so that what is
//! part of the program (places, names) is sent as where it is.

use std::panic::Location;

use super::Sent;
use super::told::{Situation, Told};
use crate::detect::{Detector, Warning};
use crate::end::{
    Awaits, Crash, Deadlock, Divergence, End, Failure, FailureKind, Holder, Livelock, Starved, Unpolled,
    Waiting, WaitingOn,
};
use crate::execution::{
    Ability, ActorChange, CycleStep, Holding, LockCycle, LockOrder, Noted, Notes, Observed, ObservedActor,
    ObservedObject, ObservedObjectState, ObservedPosition, ObservedTask, Outcome, Preempted, RecordedStep,
    Recording, Stack,
};
use crate::op::{Access, ObjectId, Op, OpKind};
use crate::panics::PanicRecord;
use crate::runner::Decision;

/// Can be sent.
pub(super) trait Wire: Sized {
    fn put(&self, bytes: &mut Vec<u8>);
    /// Returns None if the bytes end too early.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty)*) => { $(
        impl Wire for $number {
            fn put(&self, bytes: &mut Vec<u8>) {
                bytes.extend_from_slice(&self.to_le_bytes());
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let (own, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(<$number>::from_le_bytes(*own))
            }
        }
    )* };
}

numbers! { u8 u32 u64 i32 usize }

/// Sends structs field by field.
macro_rules! structs {
    ($($name:ident { $($field:ident),* })*) => { $(
        impl Wire for $name {
            fn put(&self, bytes: &mut Vec<u8>) {
                let $name { $($field),* } = self;
                $($field.put(bytes);)*
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                $(let $field = Wire::take(bytes)?;)*
                Some($name { $($field),* })
            }
        }
    )* };
}

structs! {
    Outcome { end, steps, tasks, fingerprint, fair, abandoned, notes }
    Noted { uncontrolled, warnings, cycles, orders, recording }
    LockCycle { steps }
    LockOrder { step, wants_created, shares, gates }
    CycleStep { task, has, created, taken, wants }
    Recording { steps, wakes, observed, output, panics }
    RecordedStep {
        task, task_id, kind, object, object_id, location, alternatives, index, time, preempted, access, task_key,
        object_key, waited_for
    }
    Preempted { task, task_id, kind, object_id, op, location }
    Observed { tasks, objects, object_states, task_states, wakes, actors, positions, backtraces }
    ObservedActor { after, name, change }
    ObservedTask { name, parent, spawned, is_thread }
    ObservedObject { name, created }
    ObservedObjectState { after, object, holding }
    Holding { owner, sharers, waiting }
    ObservedPosition { task, ability, on }
    PanicRecord { message, location }
    Failure { task, in_root, kind, panic, context }
    Deadlock { waiting, cycle, starved, panicked }
    Starved { workers, blocked, ready }
    Unpolled { task, location }
    Waiting { task, on, without_waker }
    WaitingOn { op, object, location, held_by, holders, first_in_line }
    Holder { task, taken, awaits }
    Warning { detector, message }
    Divergence { step, expected, found }
    Situation { current, step, state, tasks, created }
}

/// Sends enums as the number of the variant, then its fields.
macro_rules! enums {
    ($($name:ident { $($number:literal = $variant:ident $(($($field:ident),*))? $({$($named:ident),*})?),* $(,)? })*) => { $(
        impl Wire for $name {
            fn put(&self, bytes: &mut Vec<u8>) {
                match self {
                    $($name::$variant $(($($field),*))? $({$($named),*})? => {
                        bytes.push($number);
                        $($($field.put(bytes);)*)?
                        $($($named.put(bytes);)*)?
                    })*
                }
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                match u8::take(bytes)? {
                    $($number => {
                        $($(let $field = Wire::take(bytes)?;)*)?
                        $($(let $named = Wire::take(bytes)?;)*)?
                        Some($name::$variant $(($($field),*))? $({$($named),*})?)
                    })*
                    _ => None,
                }
            }
        }
    )* };
}

enums! {
    Sent { 0 = Done { outcome, decisions, told }, 1 = Panicked(message) }
    Told { 0 = Spawned(task, parent, path), 1 = Yielded(task), 2 = Choose(n), 3 = Pick(point), 4 = Passed(point) }
    Decision { 0 = Task(task), 1 = Choice(value) }
    End {
        0 = Completed,
        1 = Failed(failure),
        2 = Deadlock(deadlock),
        3 = Stuck { task, seconds, stack },
        4 = Crashed { task, what },
        5 = StepBound { bound, fair },
        6 = Uncontrolled(what),
        7 = Diverged(divergence),
        8 = Livelock(livelock),
    }
    Livelock {
        0 = Hot { monitor, state, since, steps },
        1 = HotAtEnd { monitor, state, since, steps },
        2 = Starved { task, by, steps },
    }
    Access { 0 = None, 1 = Read, 2 = Write, 3 = Acquire, 4 = Release }
    Ability { 0 = Ready, 1 = Waits, 2 = Ended }
    ActorChange {
        0 = Began { kind, machine, rules }, 1 = State(state), 2 = Hot(hot), 3 = Arrived(event), 4 = Left(event),
        5 = Handles(event), 6 = Idles, 7 = Receives(event), 8 = Sends(event, to),
    }
    FailureKind { 0 = Panic, 1 = ReturnedError, 2 = Check, 3 = Leak, 4 = Race }
    Awaits { 0 = Running, 1 = Across(place), 2 = Nothing }
    Detector { 0 = Leak, 1 = GuardAcrossAwait, 2 = LockOrder }
    Crash { 0 = StackOverflow(size), 1 = Signal(name), 2 = Abort(message), 3 = Exit(code) }
}

impl Wire for Notes {
    fn put(&self, bytes: &mut Vec<u8>) {
        (**self).put(bytes);
    }
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(Notes::new(Noted::take(bytes)?))
    }
}

impl Wire for Stack {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.to_string().put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        String::take(bytes).map(Stack::Told)
    }
}

impl Wire for bool {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(*self));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(u8::take(bytes)? != 0)
    }
}

impl Wire for String {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.len().put(bytes);
        bytes.extend_from_slice(self.as_bytes());
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let length = usize::take(bytes)?;
        let (own, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        String::from_utf8(own.to_vec()).ok()
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.len().put(bytes);
        self.iter().for_each(|item| item.put(bytes));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let mut items = Vec::new();
        // A loop: what `collect` is compiled to is many times as much, for each of thirty types.
        for _ in 0..usize::take(bytes)? {
            items.push(T::take(bytes)?);
        }
        Some(items)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.is_some().put(bytes);
        if let Some(value) = self {
            value.put(bytes);
        }
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some(if bool::take(bytes)? { Some(T::take(bytes)?) } else { None })
    }
}

impl<T: Wire> Wire for Box<T> {
    fn put(&self, bytes: &mut Vec<u8>) {
        (**self).put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        T::take(bytes).map(Box::new)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?))
    }
}

impl<A: Wire, B: Wire, C: Wire> Wire for (A, B, C) {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
        self.1.put(bytes);
        self.2.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::take(bytes)?, B::take(bytes)?, C::take(bytes)?))
    }
}

impl Wire for &'static str {
    fn put(&self, bytes: &mut Vec<u8>) {
        (self.as_ptr() as usize).put(bytes);
        self.len().put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (start, length) = (usize::take(bytes)?, usize::take(bytes)?);
        // SAFETY: sent by a fork of this process from a static string, which lies at the same address here.
        let text = unsafe { std::slice::from_raw_parts(start as *const u8, length) };
        std::str::from_utf8(text).ok()
    }
}

impl Wire for &'static Location<'static> {
    fn put(&self, bytes: &mut Vec<u8>) {
        (std::ptr::from_ref(*self) as usize).put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let address = usize::take(bytes)?;
        // SAFETY: as for names: a place is part of the program, and at the same address in its fork.
        Some(unsafe { &*(address as *const Location<'static>) })
    }
}

impl Wire for ObjectId {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.0.put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        u32::take(bytes).map(ObjectId)
    }
}

impl Wire for Op {
    fn put(&self, bytes: &mut Vec<u8>) {
        self.word().put(bytes);
        self.location().put(bytes);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (word, location) = (Wire::take(bytes)?, Wire::take(bytes)?);
        Some(Op::from_parts(word, location))
    }
}

impl Wire for OpKind {
    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.push(*self as u8);
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        OpKind::ALL.get(usize::from(u8::take(bytes)?)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_arrives() {
        let place = Location::caller();
        let on = vec![WaitingOn {
            op: "lock",
            object: None,
            location: place,
            held_by: vec!["main/1".to_owned()],
            holders: vec![Holder {
                task: "main/1".to_owned(),
                taken: place,
                awaits: Awaits::Across(Some(place)),
            }],
            first_in_line: None,
        }];
        let waiting = vec![Waiting { task: "main".to_owned(), on, without_waker: true }];
        let end = End::Deadlock(Deadlock {
            waiting,
            cycle: Vec::new(),
            starved: Vec::new(),
            panicked: vec!["main/1".to_owned()],
        });
        let kind = OpKind::Lock;
        let step = RecordedStep {
            task: "main".to_owned(),
            task_id: 1,
            kind,
            object: Some("Mutex main:1".to_owned()),
            object_id: ObjectId(1),
            location: place.to_string(),
            alternatives: 3,
            index: 2,
            time: 7,
            preempted: Some(Preempted {
                task: "main".to_owned(),
                task_id: 1,
                kind: OpKind::Yield,
                object_id: ObjectId::NONE,
                op: "yield".to_owned(),
                location: "c:1:2".to_owned(),
            }),
            access: Access::Write,
            task_key: 7,
            object_key: 8,
            waited_for: vec![(9, Access::Read)],
        };
        let observed = Observed {
            task_states: vec![(1, 2, Ability::Waits)],
            wakes: vec![(3, 4)],
            ..Observed::default()
        };
        let recording = Recording {
            steps: vec![step],
            wakes: vec![(1, 7)],
            observed,
            output: vec![1, 2],
            panics: Vec::new(),
        };
        let noted = Noted {
            uncontrolled: vec!["a thread".to_owned()],
            warnings: vec![Warning { detector: Detector::Leak, message: "a permit".to_owned() }],
            cycles: vec![LockCycle {
                steps: vec![CycleStep { task: 7, has: "Mutex", created: None, taken: place, wants: place }],
            }],
            orders: Vec::new(),
            recording: Some(Box::new(recording)),
        };
        let outcome = Outcome {
            end,
            steps: 5,
            tasks: 2,
            fingerprint: 9,
            fair: true,
            abandoned: 0,
            notes: Notes::new(noted),
        };
        let mut bytes = Vec::new();
        outcome.put(&mut bytes);
        let whole = Outcome::take(&mut &bytes[..]).expect("whole");
        assert_eq!(format!("{outcome:?}"), format!("{whole:?}"));
        assert!(Outcome::take(&mut &bytes[..bytes.len() - 1]).is_none(), "cut short");
    }
}
