//! `tokio::task::Id`.

use ::std::fmt;

use coyote_engine::TaskId;

use crate::tokio::runtime::context;

/// Identifies a task among those that run.
#[derive(Clone, Copy, Hash, Eq, PartialEq, Ord, PartialOrd)]
pub struct Id(Repr);

#[derive(Clone, Copy, Hash, Eq, PartialEq, Ord, PartialOrd)]
enum Repr {
    Real(::tokio::task::Id),
    /// A task of the exploration.
    Model(u64),
}

/// From here on numbers name what is no task of its own: those of `LocalSet`s.
const LOCAL: u64 = 1 << 32;

impl Id {
    pub(crate) fn real(id: ::tokio::task::Id) -> Id {
        Id(Repr::Real(id))
    }

    pub(crate) fn model(task: TaskId) -> Id {
        Id(Repr::Model(u64::from(task)))
    }

    /// Names a task of a `LocalSet` by its object.
    pub(crate) fn local(object: u32) -> Id {
        Id(Repr::Model(LOCAL + u64::from(object)))
    }
}

/// Returns the id of the task that runs now.
///
/// # Panics
/// Panics if no task runs, as in the future of `block_on`.
#[track_caller]
pub fn id() -> Id {
    try_id().expect("Can't get a task id when not inside a task")
}

/// Returns the id of the task that runs now, if one does.
pub fn try_id() -> Option<Id> {
    match coyote_engine::current() {
        Some(cx) => context::task_id(cx),
        None => ::tokio::task::try_id().map(Id::real),
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Real(id) => id.fmt(f),
            Repr::Model(id) => f.debug_tuple("Id").field(id).finish(),
        }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Real(id) => id.fmt(f),
            Repr::Model(id) => id.fmt(f),
        }
    }
}
