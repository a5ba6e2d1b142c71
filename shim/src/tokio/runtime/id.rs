//! `tokio::runtime::Id`.

use ::std::fmt;

/// Identifies a runtime, or a `LocalSet`, among those that run.
#[derive(Clone, Copy, Hash, Eq, PartialEq)]
pub struct Id(Repr);

#[derive(Clone, Copy, Hash, Eq, PartialEq)]
enum Repr {
    Real(::tokio::runtime::Id),
    Model(u64),
}

impl Id {
    pub(crate) fn real(id: ::tokio::runtime::Id) -> Self {
        Id(Repr::Real(id))
    }

    /// Creates the name of a modelled runtime from its number in the execution.
    pub(crate) fn model(number: u32) -> Self {
        Id(Repr::Model(u64::from(number) + 1))
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
