//! What there is to say of few executions.

use std::ops::{Deref, DerefMut};

use super::{LockCycle, LockOrder, Recording};
use crate::detect::Warning;

/// What there is to say of an execution besides how it ended: of most, nothing. Those then hand on one word for it.
#[derive(Clone, Debug, Default)]
pub struct Notes(Option<Box<Noted>>);

/// See [`Notes`].
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// What was not under control, in words.
    pub uncontrolled: Vec<String>,
    /// What is suspicious, though it did not fail.
    pub warnings: Vec<Warning>,
    /// Deadlocks that other schedules may run into.
    pub cycles: Vec<LockCycle>,
    /// In which orders tasks took locks, if one of these is new.
    pub orders: Vec<LockOrder>,
    /// Everything that happened, if that was asked for.
    pub recording: Option<Box<Recording>>,
}

impl Noted {
    const NOTHING: &Noted = &Noted {
        uncontrolled: Vec::new(),
        warnings: Vec::new(),
        cycles: Vec::new(),
        orders: Vec::new(),
        recording: None,
    };

    fn is_nothing(&self) -> bool {
        let Noted { uncontrolled, warnings, cycles, orders, recording } = self;
        uncontrolled.is_empty()
            && warnings.is_empty()
            && cycles.is_empty()
            && orders.is_empty()
            && recording.is_none()
    }
}

impl Notes {
    /// Creates what says `noted`.
    pub fn new(noted: Noted) -> Notes {
        Notes((!noted.is_nothing()).then(|| Box::new(noted)))
    }

    /// Returns whether there is nothing to say.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Returns all of it.
    pub fn into_noted(self) -> Noted {
        self.0.map(|noted| *noted).unwrap_or_default()
    }
}

impl Deref for Notes {
    type Target = Noted;

    fn deref(&self) -> &Noted {
        self.0.as_deref().unwrap_or(Noted::NOTHING)
    }
}

impl DerefMut for Notes {
    fn deref_mut(&mut self) -> &mut Noted {
        self.0.get_or_insert_default()
    }
}
