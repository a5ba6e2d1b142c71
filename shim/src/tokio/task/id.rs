//! `tokio::task::Id`.

use ::std::fmt;
use ::std::rc::Rc;

use coyote_engine::TaskId;

use crate::tokio::runtime::context::{self, Ambient};

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

/// Runs `f` as if the task `id` did, as far as that can be told from [`id()`].
pub(super) fn on_behalf_of<R>(id: Id, f: impl FnOnce() -> R) -> R {
    struct Reset(Rc<Ambient>, Option<Id>);
    impl Drop for Reset {
        fn drop(&mut self) {
            self.0.local_task.set(self.1);
        }
    }

    let Some(cx) = coyote_engine::current() else { return f() };
    let ambient = context::remembered(cx);
    let outer = ambient.local_task.replace(Some(id));
    let _reset = Reset(ambient, outer);
    f()
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
