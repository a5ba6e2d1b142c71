//! Who an actor is.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::mailbox::Mailbox;

/// An actor's identity, and the way to its inbox. Clones name the same actor.
///
/// It may exist before its actor does ([`Runtime::reserve`](crate::Runtime::reserve)), and outlive it:
/// what is sent before waits, what is sent after is dropped.
#[derive(Clone)]
pub struct ActorId(pub(crate) Arc<Mailbox>);

impl ActorId {
    /// Returns its number: actors of a runtime are numbered as they are created, from 0.
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Returns the name that it was given, if any.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Returns the name of the actor's type; empty as long as there is no actor.
    pub fn kind(&self) -> &'static str {
        self.0.kind()
    }

    /// Returns whether the actor has halted.
    pub fn is_halted(&self) -> bool {
        self.0.is_halted()
    }

    /// Returns the name of the state the actor is in.
    pub fn state(&self) -> &'static str {
        self.0.state()
    }

    /// Returns how many events are in its inbox.
    pub fn inbox_len(&self) -> usize {
        self.0.len()
    }
}

impl PartialEq for ActorId {
    fn eq(&self, other: &ActorId) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ActorId {}

impl PartialOrd for ActorId {
    fn partial_cmp(&self, other: &ActorId) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ActorId {
    fn cmp(&self, other: &ActorId) -> Ordering {
        self.0.number.cmp(&other.0.number)
    }
}

impl Hash for ActorId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.number.hash(state);
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "{}({})", self.kind(), self.number()),
        }
    }
}

impl fmt::Debug for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
