//! The bugs that were in this program.

/// Which of the bugs are in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bugs {
    /// An answer to a ping of an earlier round counts for the current one. So pings pile up at a slow node.
    pub stale_answers: bool,
    /// A client that registers after a node was found to have failed is never told.
    pub forgotten_failures: bool,
}

impl Bugs {
    /// The program as Coyote presents it.
    pub const PUBLISHED: Bugs = Bugs { stale_answers: true, forgotten_failures: true };
    /// None that we know of.
    pub const NONE: Bugs = Bugs { stale_answers: false, forgotten_failures: false };

    /// The editions of the program that can be asked for by name.
    pub const EDITIONS: [(&str, Bugs); 2] = [("published", Bugs::PUBLISHED), ("repaired", Bugs::NONE)];
}
